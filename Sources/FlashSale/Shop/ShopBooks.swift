package import Waybill
package import WaybillCore
import WaybillEngine

/// What the file of a shop says, read once when the rush is over: stock, orders, and every movement of its journal.
package struct ShopBooks {
    /// The level of each item, as its row says.
    package var levels: [StockLevel]
    /// The level of each item, added up from the movements in events alone.
    package var folded: [StockLevel]
    /// How many orders have each status.
    package var statuses: [String: Int] = [:]
    package var orders = 0
    package var events = 0
    package var messages = 0
    /// Pending timeouts that each order would still wait for.
    package var pendingTimeouts = 0
    /// Each timeout that fired: when, and how late.
    package var fired: [(at: Moment, late: Interval)] = []
    /// Free units of all items over time: the last value of each quarter of a second in which it changed.
    package private(set) var frees: [(at: Moment, units: Int64)] = []
    private static let freesEvery: Int64 = 250
    /// What is wrong with the movements, in words; empty: at every position each item has
    /// received + adjusted = free + reserved + sold, none below zero.
    package var oversells: [String] = []

    private static let oversellsMax = 20

    package init(_ book: OrderBook, of scenario: RushScenario) throws {
        let goods = scenario.goods
        levels = try (0..<goods.count).map { try book.stock(StockKey(sku: goods.sku($0))) ?? StockLevel() }
        folded = Array(repeating: StockLevel(), count: goods.count)
        var items: [StockKey: Int] = [:]
        for item in 0..<goods.count { items[StockKey(sku: goods.sku(item))] = item }
        try foldJournal(of: book, items)
        var token: PageToken?
        repeat {
            let page = try book.orders(after: token, limit: 1_000)
            for order in page.elements {
                statuses[order.status.string, default: 0] += 1
                pendingTimeouts += order.timeouts.count
            }
            orders += page.elements.count
            token = page.next
        } while token != nil
        for item in 0..<goods.count where levels[item] != folded[item] {
            complain("\(goods.sku(item)): the row says \(levels[item].words), the journal \(folded[item].words)")
        }
    }

    private mutating func foldJournal(of book: OrderBook, _ items: [StockKey: Int]) throws {
        var position = Position(0)
        // What a module's installation leaves there is about no order and no stock.
        let audits = try book.engine.audits(limit: 1).first.map { StreamNumber($0.position.number) }
        var dues: [StreamNumber: Moment] = [:]
        var workflows: [Int64: Workflow] = [:]
        var pinned: [StreamNumber: Workflow] = [:]
        while true {
            let page = try book.engine.journal(after: position)
            for (stream, event) in page {
                if stream == audits { continue }
                events += 1
                if event.version == 1, let origin = try EventBody.origin(of: event.body) {
                    let number = origin.workflow
                    if workflows[number] == nil { workflows[number] = try book.engine.workflow(of: origin.order) }
                    pinned[stream] = workflows[number]
                }
                guard let workflow = pinned[stream] else {
                    apply([try StockEventBody(event.body).movement], of: event, items)
                    continue
                }
                let body = try EventBody(event.body, under: workflow)
                messages += body.messages.count
                apply(body.outcome.movements, of: event, items)
                if event.type == "$timeout", let due = dues.removeValue(forKey: stream) {
                    fired.append((at: event.at, late: event.at.since(due)))
                }
                if let armed = body.outcome.armed.first { dues[stream] = armed.due }
                // Nothing more comes of a stopped timeout, and memory stays that of the open orders.
                if !body.outcome.stopped.isEmpty, body.outcome.armed.isEmpty { dues[stream] = nil }
            }
            guard let last = page.last else { return }
            position = last.event.position
        }
    }

    private mutating func apply(_ movements: [Movement], of event: EventView, _ items: [StockKey: Int]) {
        for movement in movements {
            guard let item = items[movement.key] else { continue }
            if let next = folded[item].applying(movement), next.isBalanced {
                note(free: next.free - folded[item].free, at: event.at)
                folded[item] = next
            } else {
                let what = "\(movement.kind) \(movement.quantity) of \(movement.key.sku)"
                complain("event \(event.position.number): \(what) goes beyond \(folded[item].words)")
            }
        }
    }

    private mutating func note(free change: Int64, at moment: Moment) {
        guard change != 0 else { return }
        let units = (frees.last?.units ?? 0) + change
        if let last = frees.last, last.at.milliseconds / Self.freesEvery == moment.milliseconds / Self.freesEvery {
            frees[frees.count - 1].units = units
        } else {
            frees.append((moment, units))
        }
    }

    private mutating func complain(_ text: String) {
        if oversells.count < Self.oversellsMax { oversells.append(text) }
    }
}

extension StockLevel {
    /// `received 500, free 0, reserved 3, sold 497`
    package var words: String {
        "received \(received)\(adjusted == 0 ? "" : ", adjusted \(adjusted)"), free \(free), reserved \(reserved), "
            + "sold \(sold)"
    }
}
