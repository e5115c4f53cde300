/// What must be true of money, goods and relatives, from the workflows' texts and the promises alone: every cent that
/// came is kept, on its way back or gone; a refund is asked for once and ends once; parents know what became of their
/// children; a group comes about for all who have paid, or for none.
struct FamilyModel {
    private(set) var now: Int64
    private(set) var orders: [String: Order] = [:]
    private(set) var groups: [String: Group] = [:]
    /// What the worker was asked, in that order.
    private(set) var calls: [Call] = []

    static let priceCents = 700
    static let received = 16
    private static let hour: Int64 = 3_600_000

    struct Order {
        var units: Int
        var payments: [String: Int] = [:]
        var signed = 0
        var returned = 0
        var refundedByReturn = 0
        var group: String?
    }

    struct Group {
        let needed: Int
        let endsAt: Int64
        var members: [String] = []
    }

    struct Call {
        let asked: FamilyCall
        var end: String?
        /// `ok` came after another end.
        var isLate = false
        var isGone: Bool { end == "ok" || isLate }
    }

    init(at now: Int64) { self.now = now }

    /// Takes up what a step came to; answers what is wrong with it.
    mutating func judge(_ step: FamilyStep, _ verdict: FamilyVerdict) -> String? {
        if case .answer(let key, let isDone) = step { return judgeAnswer(key, isDone, verdict) }
        switch step {
        case .pass(let time), .reopen(let time), .crash(let time):
            now += time
            return nil
        default: break
        }
        guard verdict == .accepted else { return nil }
        switch step {
        case .place(let id, let units): orders[id] = Order(units: units)
        case .pay(let id, let payment, let cents): orders[id]?.payments[payment] = cents
        case .deliver(let id):
            let units = orders[id]?.units ?? 0
            orders[id]?.signed = units
        case .takeBack(let id, let cents):
            orders[id]?.returned = 1
            orders[id]?.refundedByReturn = cents
        case .open(let id, let needed): groups[id] = Group(needed: needed, endsAt: now + 24 * Self.hour)
        case .join(let group, let member):
            groups[group]?.members.append(member)
            orders["\(group)/\(member)"] = Order(units: 1, group: group)
        case .cancel, .ship, .askReturn, .leave, .answer, .pass, .reopen, .crash: break
        }
        return nil
    }

    /// The first end wins; `ok` after another end is heard once; the same answer again is repeated.
    private mutating func judgeAnswer(_ key: String, _ isDone: Bool, _ verdict: FamilyVerdict) -> String? {
        guard let index = calls.firstIndex(where: { $0.asked.key == key }) else { return "\(key) was never asked for" }
        let call = calls[index]
        let expected: FamilyVerdict
        if call.end == nil {
            expected = .accepted
            calls[index].end = isDone ? "ok" : "failed"
        } else if isDone {
            expected = call.isGone ? .repeated : .accepted
            calls[index].isLate = call.end != "ok"
        } else {
            expected = call.end == "failed" ? .repeated : .refused("call_ended")
        }
        return verdict == expected ? nil : "the answer to \(key) is \(verdict), expected \(expected)"
    }

    // MARK: What must be seen

    /// Compares with the file; nil: nothing differs.
    mutating func difference(from picture: FamilyPicture) -> String? {
        if let key = picture.askedTwice.first { return "\(key) was asked for by two messages" }
        calls += picture.asked.map { Call(asked: $0) }
        for id in orders.keys.sorted() {
            guard let seen = picture.orders[id] else { return "\(id) is not there" }
            if let wrong = difference(id, seen) { return "\(id), \(seen.status): \(wrong); it is \(seen)" }
        }
        for id in groups.keys.sorted() {
            if let wrong = groupDifference(id, picture) { return "\(id): \(wrong)" }
        }
        let all = picture.orders.values
        let (reserved, sold) = (all.map(\.reserved).reduce(0, +), all.map(\.sold).reduce(0, +))
        let stock = [Self.received, Self.received - reserved - sold, reserved, sold]
        return picture.stock == stock ? nil : "the stock is \(picture.stock), expected \(stock)"
    }

    private mutating func difference(_ id: String, _ seen: FamilyPicture.Order) -> String? {
        guard let order = orders[id] else { return nil }
        let isClosed = seen.status == "closed"
        let own = calls.filter { $0.asked.order == id }
        // Silence for a day is no end: the money stays on its way until an answer comes.
        let states = Dictionary(
            uniqueKeysWithValues: own.map { call in
                (call.asked.key, call.end ?? (call.asked.askedAt + FamilyCall.day <= now ? "unanswered" : "open"))
            })
        if seen.calls != states { return "its calls must be \(states)" }
        let captured = order.payments.values.reduce(0, +)
        if seen.captured != captured { return "\(captured) were paid" }
        if seen.refunding != sum(own.filter { $0.end == nil }) {
            return "what is on its way back is not what was asked"
        }
        if seen.refunded + seen.overpaid != sum(own.filter(\.isGone)) { return "what went back is not what was done" }
        let kept = kept(order, seen)
        // A refund that failed is owed, and is not asked for again until a person says so.
        if sum(own) != captured - kept {
            return "\(kept) of \(captured) are to be kept"
        }
        if seen.signed != order.signed || seen.returned != order.returned { return "a child's end was not told" }
        let isWaiting = ["awaiting payment", "awaiting the group"].contains(seen.status)
        let held = isClosed ? 0 : order.units - order.returned
        return seen.reserved == (isWaiting ? held : 0) && seen.sold == (isWaiting ? 0 : held)
            ? nil : "it must hold \(held)"
    }

    /// Of what was paid, what the shop means to keep.
    private func kept(_ order: Order, _ seen: FamilyPicture.Order) -> Int {
        switch seen.status {
        case "closed": return 0
        case "awaiting payment": return order.group == nil ? seen.captured : 0
        default: return order.units * Self.priceCents - order.refundedByReturn
        }
    }

    private func groupDifference(_ id: String, _ picture: FamilyPicture) -> String? {
        guard let group = groups[id], let seen = picture.orders[id] else { return "it is not there" }
        let members = group.members.map { ($0, picture.orders["\(id)/\($0)"]?.status ?? "nothing") }
        func names(_ status: String) -> Set<String> { Set(members.filter { $0.1 == status }.map(\.0)) }
        let (waiting, formed, closed) = (names("awaiting the group"), names("awaiting shipment"), names("closed"))
        let isOver = now >= group.endsAt
        if isOver != ["complete", "failed"].contains(seen.status) { return "\(seen.status), ends at \(group.endsAt)" }
        if seen.status != "failed", seen.paid != waiting.union(formed) {
            return "it thinks that \(seen.paid) have paid"
        }
        if !isOver, seen.gone != closed { return "it thinks that \(seen.gone) are gone, and not \(closed)" }
        switch seen.status {
        case "gathering": return waiting.count < group.needed && formed.isEmpty ? nil : "it must have come about"
        case "formed": return waiting.isEmpty && formed.count >= group.needed ? nil : "it came about for some only"
        case "complete":
            return formed.count >= group.needed && formed.union(closed).count == members.count
                ? nil : "some still wait"
        case "failed": return closed.count == members.count ? nil : "some did not get their money back"
        default: return "unknown status \(seen.status)"
        }
    }

    private func sum(_ calls: [Call]) -> Int { calls.map(\.asked.cents).reduce(0, +) }
}
