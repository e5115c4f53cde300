import WaybillCore
import WaybillEngine

/// How long requests wait in virtual time: one writer, who takes all that waits, up to a bound, into one write. Beyond
/// the next write they wait in the engine's own fair line.
struct ServiceQueue {
    /// A request in line.
    struct Waiting {
        var request: ShopRequest
        var arrivedAt: Int64
    }

    /// What one write takes.
    struct Write {
        var waiting: [Waiting]
        var beganAt: Int64
        var endsAt: Int64
    }

    private let settings: RushScenario.Server
    private let goods: RushScenario.Goods
    /// What the next write takes.
    private var next: [Waiting] = []
    private var line: FairLine<Waiting>
    private(set) var isWriting = false

    init(_ settings: RushScenario.Server, selling goods: RushScenario.Goods) {
        self.settings = settings
        self.goods = goods
        var shares = FairShares()
        shares.waitingPerSKUMax = settings.perItemMax
        shares.waitingPerCallerMax = settings.perCallerMax
        line = FairLine(limits: shares)
    }

    var depth: Int { next.count + line.count }

    /// Lets a request wait; else why it may not.
    mutating func add(_ request: ShopRequest, at moment: Int64) -> RefusalReason? {
        guard depth < settings.intakeDepthMax else { return .overloaded }
        let waiting = Waiting(request: request, arrivedAt: moment)
        if line.isEmpty, next.count < settings.writeRequestsMax {
            next.append(waiting)
            return nil
        }
        return line.add(waiting, for: account(of: request)).map { RefusalReason($0) }
    }

    /// Begins the next write; nil: nothing waits, or one is under way.
    mutating func begin(at moment: Int64) -> Write? {
        guard !isWriting, !next.isEmpty else { return nil }
        let taken = next
        next = line.take(settings.writeRequestsMax)
        isWriting = true
        let length =
            settings.commitMicroseconds + Int64(taken.count) * settings.perCommandMicroseconds
        return Write(waiting: taken, beganAt: moment, endsAt: moment + length)
    }

    mutating func endWrite() { isWriting = false }

    /// The process dies: what waits is gone, and so is the answer of the write at hand.
    mutating func die() -> [ShopRequest] {
        let lost = next + line.take(line.count)
        next = []
        isWriting = false
        return lost.map(\.request)
    }

    /// On whose account it waits: as the engine sees it.
    private func account(of request: ShopRequest) -> Account {
        switch request.kind {
        case .place:
            Account(caller: request.buyer, skus: [goods.sku(request.item)], order: request.orderID)
        case .pay: Account(caller: ShopRequest.payments, order: request.orderID)
        case .cancel: Account(caller: request.buyer, order: request.orderID)
        }
    }
}
