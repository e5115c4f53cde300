package import WaybillCore

/// Those who wait beyond the next write, in rounds: a round holds so many requests of one SKU and so many of one
/// caller, and the rest of a crowd waits for later rounds. So nobody's crowd keeps the others waiting.
///
///     hot hot hot hot hot cold ──► | hot hot cold | hot hot | hot |
///
/// Requests about the same order keep their order. Not a queue per SKU: what waits is in one place each, and adding and
/// taking cost the same however many wait.
package struct FairLine<Item> {
    private enum Flow: Hashable {
        case caller(Text)
        case sku(SKU)
        case order(OrderID)
    }

    /// What waits of one flow: how many, and which place its next one gets.
    private struct Standing {
        var waiting = 0
        var next = 0
    }

    private let limits: FairShares
    private var rounds: [[(item: Item, account: Account)]] = []
    /// Rounds that were taken whole and not thrown away yet.
    private var taken = 0
    /// The number of `rounds[taken]`: rounds are counted from the first that ever was.
    private var current = 0
    private var standings: [Flow: Standing] = [:]
    package private(set) var count = 0

    package init(limits: FairShares = FairShares()) { self.limits = limits }

    package var isEmpty: Bool { count == 0 }

    /// Lets an item wait, or says whose crowd is too large.
    package mutating func add(_ item: Item, for account: Account) -> Refusal? {
        if let refusal = refusal(of: account) { return refusal }
        var round = max(current, place(.caller(account.caller)) / limits.roundPerCaller)
        for sku in account.skus { round = max(round, place(.sku(sku)) / limits.roundPerSKU) }
        if let order = account.order { round = max(round, standings[.order(order)]?.next ?? 0) }
        take(.caller(account.caller), perRound: limits.roundPerCaller)
        for sku in account.skus { take(.sku(sku), perRound: limits.roundPerSKU) }
        if let order = account.order {
            standings[.order(order), default: Standing()].waiting += 1
            standings[.order(order)]?.next = round
        }
        while taken + round - current >= rounds.count { rounds.append([]) }
        rounds[taken + round - current].append((item, account))
        count += 1
        return nil
    }

    /// Looks at all of them.
    package func forEach(_ body: (Item) -> Void) {
        for round in rounds[min(taken, rounds.count)...] { for (item, _) in round { body(item) } }
    }

    /// The first `limit` items, round by round.
    package mutating func take(_ limit: Int) -> [Item] {
        var items: [Item] = []
        items.reserveCapacity(min(limit, count))
        while items.count < limit, count > 0 {
            let left = limit - items.count
            let round = rounds[taken].prefix(left)
            for (item, account) in round {
                items.append(item)
                leave(account)
            }
            count -= round.count
            if round.count < rounds[taken].count {
                rounds[taken].removeFirst(round.count)
            } else {
                endRound()
            }
        }
        if count == 0 { forget() }
        return items
    }

    private mutating func endRound() {
        rounds[taken] = []
        taken += 1
        current += 1
        if taken >= 1_024, taken * 2 > rounds.count {
            rounds.removeFirst(taken)
            taken = 0
        }
    }

    private mutating func forget() {
        rounds.removeAll()
        standings.removeAll()
        taken = 0
        current = 0
    }

    private func refusal(of account: Account) -> Refusal? {
        if !account.caller.isEmpty, waiting(.caller(account.caller)) >= limits.waitingPerCallerMax {
            return .crowded("the caller \(account.caller)", max: limits.waitingPerCallerMax, retryAfter: .seconds(1))
        }
        for sku in account.skus where waiting(.sku(sku)) >= limits.waitingPerSKUMax {
            return .crowded("the SKU \(sku)", max: limits.waitingPerSKUMax, retryAfter: .seconds(1))
        }
        return nil
    }

    private func waiting(_ flow: Flow) -> Int { standings[flow]?.waiting ?? 0 }
    private func place(_ flow: Flow) -> Int { standings[flow]?.next ?? 0 }

    private mutating func take(_ flow: Flow, perRound: Int) {
        var standing = standings[flow] ?? Standing()
        standing.next = max(standing.next, current * perRound) + 1
        standing.waiting += 1
        standings[flow] = standing
    }

    private mutating func leave(_ account: Account) {
        leave(.caller(account.caller))
        for sku in account.skus { leave(.sku(sku)) }
        if let order = account.order { leave(.order(order)) }
    }

    private mutating func leave(_ flow: Flow) {
        guard var standing = standings[flow] else { return }
        standing.waiting -= 1
        standings[flow] = standing.waiting == 0 ? nil : standing
    }
}

/// How requests beyond the next write share rounds and room.
package struct FairShares: Sendable {
    /// Requests of one SKU in a round.
    package var roundPerSKU = 8
    /// Requests of one caller in a round; many more than of a SKU, because a whole shop may be one caller.
    package var roundPerCaller = 256
    /// Requests of one SKU that may wait.
    package var waitingPerSKUMax = 16_384
    /// Requests of one caller that may wait.
    package var waitingPerCallerMax = 32_768

    package init() {}
}

/// On whose account a request waits.
package struct Account: Sendable {
    /// Empty: nobody in particular; such requests share rounds as one caller, without a bound of their own.
    package var caller: Text
    package var skus: [SKU]
    package var order: OrderID?

    package init(caller: Text = "", skus: [SKU] = [], order: OrderID? = nil) {
        self.caller = caller
        self.skus = skus
        self.order = order
    }
}
