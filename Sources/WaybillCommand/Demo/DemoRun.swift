import Waybill
import WaybillCore
import WaybillEngine

/// Two weeks of a shop in virtual time, on a real file: every step passes the command handler as it would in life.
struct DemoRun {
    /// How big a shop, and when.
    struct Settings {
        var orders: Int
        var seed: UInt64
        /// When the two weeks end.
        var end: Moment

        static let days = 14
        static let length = Interval.days(Int64(days))
        /// Orders are placed in the first days, so that most of them are done at the end.
        static let placingLength = Interval.days(3)

        var start: Moment { end.advanced(by: Interval(milliseconds: -Self.length.milliseconds)) }
    }

    /// Steps in one write, at most, and how long they take: the one who answers calls looks in between.
    private static let batchMax = 256
    private static let batchLength = Interval.hours(2)
    private static let turnLength = Interval.hours(6)
    /// How many orders get a plan with nearly everything in it.
    private static let eventfulOrders = 5

    let settings: Settings
    private let world: World
    private let workflow: WorkflowName
    private var dice: Dice
    private let goods = DemoGoods()
    /// What is to come, the next step last.
    private var steps: [DemoStep] = []
    private var planned = 0
    private var delivery: Moment
    /// When the modules have their next turn: while many orders come they fall behind, and catch up afterwards.
    private var nextTurn: Moment
    /// Carts are filled for what is ordered up to then.
    private var filledUntil: Moment
    /// Orders that were refused when they were placed: what was planned for them falls away.
    private var unplaced: Set<OrderID> = []
    private(set) var eventful: Set<OrderID> = []
    private(set) var tally: DemoTally

    init(_ settings: Settings, world: World, workflow: Workflow) {
        self.settings = settings
        self.world = world
        self.workflow = workflow.name
        dice = Dice(of: world)
        delivery = settings.start.advanced(by: .days(2))
        nextTurn = settings.start
        filledUntil = settings.start
        tally = DemoTally()
    }

    var now: Moment { world.now() }

    /// How much of what was planned is done, from 0 to 1.
    var progress: Double { 1 - Double(steps.count) / Double(max(1, planned)) }

    /// The day of the two weeks, from 1.
    var day: Int { Int(now.since(settings.start).milliseconds / Interval.days(1).milliseconds) + 1 }

    /// Opens the shop: stock comes in, buyers get coupons, and every order is planned.
    mutating func open(in book: OrderBook, _ modules: DemoModules) async throws {
        try take(goods.opening(orders: settings.orders), in: book)
        var coupons = try await modules.openCampaign()
        let spacing = max(1, Settings.placingLength.milliseconds / Int64(max(1, settings.orders)))
        let eventfulEvery = max(1, settings.orders / Self.eventfulOrders)
        for number in 1...max(1, settings.orders) {
            // Modules hear of what is placed after their installation.
            let offset = 2_000 + Int64(number) * spacing + Int64.random(in: 0...spacing, using: &dice)
            let placedAt = settings.start.advanced(by: Interval(milliseconds: offset))
            let id = OrderID("order-\(number)")
            if number % eventfulEvery == eventfulEvery / 2 {
                eventful.insert(id)
                steps += DemoPlan.eventful(id, placedAt: placedAt, from: goods, &dice).steps
            } else {
                let plan = DemoPlan.ordinary(id, placedAt: placedAt, from: goods, coupons: &coupons, &dice)
                steps += plan.steps
            }
        }
        steps.removeAll { $0.at > settings.end }
        // Two steps at the same moment keep their order.
        steps = steps.enumerated().sorted { ($0.element.at, $0.offset) > ($1.element.at, $1.offset) }.map(\.element)
        planned = steps.count
    }

    /// Does what comes next, in one write or a few; false: the two weeks are over.
    mutating func step(in book: OrderBook, _ modules: inout DemoModules) async throws -> Bool {
        let batch = takeBatch()
        guard let first = batch.first else {
            book.advance(to: settings.end)
            try await modules.finish()
            try look(in: book)
            return false
        }
        if first.at >= delivery {
            book.advance(to: delivery)
            delivery = Moment(milliseconds: .max)
            try take(goods.delivery(orders: settings.orders), in: book)
        }
        if first.at >= nextTurn { try await takeTurn(with: batch, from: first.at, &modules) }
        let answers = book.engine.perform(batch.map { (command(of: $0).command, at: $0.at) })
        tally.add(answers)
        for (step, answer) in zip(batch, answers) {
            if case .refused = answer, step.command == "place" { unplaced.insert(step.order) }
        }
        try look(in: book)
        return true
    }

    /// The modules have their turn, and buyers fill carts with what they are about to order.
    private mutating func takeTurn(
        with batch: [DemoStep], from moment: Moment, _ modules: inout DemoModules
    ) async throws {
        nextTurn = moment.advanced(by: Self.turnLength)
        try await modules.work(day: min(day, Settings.days))
        // A batch may reach over the next turn.
        let horizon = nextTurn.advanced(by: Self.batchLength)
        let coming = (batch + steps.reversed().prefix { $0.at <= horizon }).filter { $0.at > filledUntil }
        filledUntil = horizon
        try await modules.fillCarts(for: coming)
    }

    /// The next steps. Those of an order that is placed in this batch wait for the answer.
    private mutating func takeBatch() -> [DemoStep] {
        var batch: [DemoStep] = []
        var placed: Set<OrderID> = []
        while let step = steps.last, batch.count < Self.batchMax {
            if let first = batch.first, step.at.since(first.at) > Self.batchLength { break }
            if step.command == "place" {
                placed.insert(step.order)
            } else if unplaced.contains(step.top) {
                steps.removeLast()
                continue
            } else if placed.contains(step.top) {
                break
            }
            batch.append(step)
            steps.removeLast()
        }
        return batch
    }

    private func command(of step: DemoStep) -> OrderCommand {
        OrderCommand(
            step.command, of: step.order, data: step.data, workflow: step.command == "place" ? workflow : nil,
            role: step.role, key: step.key, caller: "demo")
    }

    private func take(_ stock: [StockCommand], in book: OrderBook) throws {
        for reply in book.engine.perform(stock) { _ = try reply.get() }
    }

    /// Reads what has happened; the one who works for the payment provider answers calls some hours later, and forgets
    /// a few.
    private mutating func look(in book: OrderBook) throws {
        for refund in try tally.readOn(in: book) {
            let at = now.advanced(by: dice.hours(2...20))
            guard at <= settings.end, !dice.chance(3) else { continue }
            let isDone = dice.chance(95)
            insert(
                DemoStep(
                    at: at, order: refund.order, command: isDone ? "refund_done" : "refund_failed", role: "payments",
                    data: isDone ? [:] : ["reason": "card closed"], key: refund.key))
        }
    }

    private mutating func insert(_ step: DemoStep) {
        var low = 0
        var high = steps.count
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].at > step.at { low = middle + 1 } else { high = middle }
        }
        steps.insert(step, at: low)
    }
}
