/// Draws steps from a seed: mostly sensible ones.
struct FamilyLot {
    private var dice: Dice
    private var orders = 0
    private var groups = 0
    private var members = 0
    private var payments = 0

    init(seed: UInt64) { dice = Dice(state: seed) }

    mutating func next(_ model: FamilyModel) -> FamilyStep {
        switch dice.number(1...100) {
        case 1...10:
            orders += 1
            return .place(order: "o-\(orders)", units: Int(dice.number(1...3)))
        case 11...28: return pay(anyOrder(model), model)
        case 29...31: return .cancel(order: anyOrder(model))
        case 32...38:
            let order = anyOrder(model)
            return .ship(order: order, units: model.orders[order]?.units ?? 1)
        case 39...44: return .deliver(order: anyOrder(model))
        case 45...49: return .askReturn(order: received(model))
        case 50...54: return .takeBack(order: received(model), cents: Int(dice.number(0...800)))
        case 55...56:
            groups += 1
            return .open(group: "g-\(groups)", needed: Int(dice.number(1...3)))
        case 57...62:
            members += 1
            return .join(group: anyGroup, member: "m\(members)")
        case 63...64: return member(model).map { .leave(group: $0.group, member: $0.name) } ?? pass()
        case 65...82: return answer(model)
        case 83...95: return pass()
        case 96...97: return .reopen(milliseconds: dice.number(0...7_200_000))
        default: return .crash(milliseconds: dice.number(0...7_200_000))
        }
    }

    /// The right sum mostly; half of it, or it all once more; to a member as often as to an order.
    private mutating func pay(_ order: String, _ model: FamilyModel) -> FamilyStep {
        var order = order
        if dice.isTrue(percent: 50), let member = member(model) { order = "\(member.group)/\(member.name)" }
        let price = (model.orders[order]?.units ?? 1) * FamilyModel.priceCents
        // A payment of before comes again now and then, and changes nothing.
        if payments == 0 || dice.isTrue(percent: 90) { payments += 1 }
        return .pay(order: order, payment: "p\(payments)", cents: dice.isTrue(percent: 75) ? price : price / 2)
    }

    /// A call of long ago now and then: it is late, or answered already.
    private mutating func answer(_ model: FamilyModel) -> FamilyStep {
        guard !model.calls.isEmpty else { return pass() }
        let back = dice.isTrue(percent: 70) ? min(5, model.calls.count) : model.calls.count
        let call = model.calls[model.calls.count - Int(dice.number(1...Int64(back)))]
        return .answer(call: call.asked.key, isDone: dice.isTrue(percent: 60))
    }

    private mutating func pass() -> FamilyStep {
        .pass(milliseconds: dice.isTrue(percent: 70) ? dice.number(0...600_000) : dice.number(0...50_000_000))
    }

    private mutating func anyOrder(_ model: FamilyModel) -> String { "o-\(max(1, Int64(orders) - dice.number(0...5)))" }

    /// One whose parcel has arrived, and of which nothing came back; any if there is none.
    private mutating func received(_ model: FamilyModel) -> String {
        let ids = model.orders.filter { $0.value.signed > 0 && $0.value.returned == 0 }.keys.sorted()
        return ids.isEmpty ? anyOrder(model) : ids[Int(dice.number(0...Int64(ids.count - 1)))]
    }

    private var anyGroup: String { "g-\(max(1, groups))" }

    private mutating func member(_ model: FamilyModel) -> (group: String, name: String)? {
        guard let group = model.groups[anyGroup], !group.members.isEmpty else { return nil }
        let recent = group.members.suffix(4)
        return (anyGroup, recent[recent.endIndex - Int(dice.number(1...Int64(recent.count)))])
    }
}
