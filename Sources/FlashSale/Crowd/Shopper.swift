import WaybillCore
import WaybillTimeouts

/// One person, or one bot, in front of the page: what it does next follows from what it has seen and from its own dice.
///
///     comes ──► looks ... ──► presses the button ──► got one ──► pays · pays late · gives back · forgets
///                 │ sold out: leaves                 └ refused: tries again, or leaves
struct Shopper {
    /// Something that it will do, so long from now.
    struct Plan {
        var after: Int64
        var intent: Intent
    }

    enum Intent: Hashable {
        case look
        case send(ShopRequest)
    }

    /// Answers that never came are asked for again so often.
    private static let repeatsMax = 30
    /// Nobody gives a unit back sooner.
    static let cancelsAfterMin = Interval.seconds(4)

    let number: Int
    let item: Int
    let isBot: Bool
    private var dice: SeededGenerator
    private var looksLeft: Int
    private var retriesLeft: Int
    private var repeatsLeft = Self.repeatsMax
    /// Orders that it knows it has.
    private(set) var accepted: Set<Int> = []
    /// Plans that are under way: when there are none, nobody needs to remember it.
    var underWay = 0

    init(_ number: Int, in scenario: RushScenario, skew: ItemSkew) {
        self.number = number
        // Neighbours must not resemble each other.
        dice = SeededGenerator(seed: scenario.seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(number) &* 0xD134_2543_DE82_EF95)
        _ = dice.next()
        item = skew.pick(&dice)
        isBot = dice.chance(scenario.bots.share)
        looksLeft = isBot || scenario.looks == 0 ? 0 : dice.below(2 * scenario.looks + 1)
        retriesLeft = dice.chance(scenario.retries.share) ? scenario.retries.times : 0
    }

    // MARK: What it does next

    mutating func arrives(in scenario: RushScenario) -> [Plan] {
        guard isBot else { return looksLeft > 0 ? [Plan(after: 0, intent: .look)] : presses(after: 0, in: scenario) }
        return (0..<scenario.bots.attempts).map { attempt in
            Plan(
                after: Int64(attempt) * scenario.bots.every.milliseconds * 1_000,
                intent: .send(request(.place, order: attempt + 1)))
        }
    }

    /// It has looked at the page, which said how many are left; nil: it did not say.
    mutating func sees(free: Int64?, in scenario: RushScenario) -> [Plan] {
        looksLeft -= 1
        if free == 0, dice.chance(scenario.leavesWhenSoldOut) { return [] }
        let think = dice.microseconds(300...2_500)
        return looksLeft > 0 ? [Plan(after: think, intent: .look)] : presses(after: think, in: scenario)
    }

    private mutating func presses(after delay: Int64, in scenario: RushScenario) -> [Plan] {
        let first = request(.place, order: 1)
        var plans = [Plan(after: delay, intent: .send(first))]
        if dice.chance(scenario.duplicates.sameKey) {
            plans.append(Plan(after: delay + dice.microseconds(60...350), intent: .send(first)))
        }
        if dice.chance(scenario.duplicates.otherKey) {
            plans.append(
                Plan(after: delay + dice.microseconds(500...2_500), intent: .send(request(.place, order: 2))))
        }
        return plans
    }

    mutating func hears(_ answer: ShopAnswer, to request: ShopRequest, in scenario: RushScenario) -> [Plan] {
        switch answer {
        case .accepted:
            guard request.kind == .place, accepted.insert(request.order).inserted else { return [] }
            return settles(request.order, in: scenario)
        case .unanswered:
            guard repeatsLeft > 0 else { return [] }
            repeatsLeft -= 1
            return [Plan(after: dice.microseconds(1_000...3_000), intent: .send(request))]
        case .refused(let reason):
            guard request.kind == .place || reason.isCrowd, !isBot, retriesLeft > 0, reason.mayPass else {
                return []
            }
            retriesLeft -= 1
            let wait = Int(clamping: scenario.retries.after.milliseconds)
            return [
                Plan(after: dice.microseconds(max(1_000, wait / 2)...max(1_000, wait * 3 / 2)), intent: .send(request))
            ]
        }
    }

    /// It has a unit, for a quarter of an hour.
    private mutating func settles(_ order: Int, in scenario: RushScenario) -> [Plan] {
        let payments = scenario.payments
        if dice.chance(scenario.cancels) {
            let soonest = Int(clamping: Self.cancelsAfterMin.milliseconds)
            return [Plan(after: dice.microseconds(soonest...400_000), intent: .send(request(.cancel, order: order)))]
        }
        let fate = Share(UInt64(dice.below(Int(Share.whole))))
        if fate.millionths < payments.abandoned.millionths { return [] }
        let method = pickMethod(payments.methods)
        let pay = request(.pay(method: method), order: order)
        var delay = payments.methods[method].delay(&dice)
        if fate.millionths < payments.abandoned.millionths + payments.late.millionths {
            delay = SaleRules.payWithin.milliseconds * 1_000 + dice.microseconds(1_000...600_000)
        }
        delay = max(delay, ScenarioLimits.reactionMin.milliseconds * 1_000)
        var plans = [Plan(after: delay, intent: .send(pay))]
        if dice.chance(scenario.duplicates.notices) {
            plans.append(Plan(after: delay + dice.microseconds(500...60_000), intent: .send(pay)))
        }
        return plans
    }

    private mutating func pickMethod(_ methods: [RushScenario.Payments.Method]) -> Int {
        var rest = UInt64(dice.below(Int(Share.whole)))
        for (index, method) in methods.enumerated() {
            if rest < method.share.millionths { return index }
            rest -= method.share.millionths
        }
        return max(0, methods.count - 1)
    }

    private func request(_ kind: ShopRequest.Kind, order: Int) -> ShopRequest {
        ShopRequest(kind, shopper: number, order: order, item: item)
    }
}
