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

        static let length = Interval.days(14)
        /// Orders are placed in the first days, so that most of them are done at the end.
        static let placingLength = Interval.days(3)

        var start: Moment { end.advanced(by: Interval(milliseconds: -Self.length.milliseconds)) }
    }

    /// Steps in one write, at most, and how long they take: whoever answers calls looks in between.
    private static let batchMax = 256
    private static let batchLength = Interval.hours(2)
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
        tally = DemoTally()
    }

    var now: Moment { world.now() }

    /// How much of what was planned is done, from 0 to 1.
    var progress: Double { 1 - Double(steps.count) / Double(max(1, planned)) }

    /// The day of the two weeks, from 1.
    var day: Int { Int(now.since(settings.start).milliseconds / Interval.days(1).milliseconds) + 1 }

    /// Opens the shop: stock comes in, and every order is planned.
    mutating func open(in book: OrderBook) throws {
        try take(goods.opening(orders: settings.orders), in: book)
        let spacing = max(1, Settings.placingLength.milliseconds / Int64(max(1, settings.orders)))
        let eventfulEvery = max(1, settings.orders / Self.eventfulOrders)
        for number in 1...max(1, settings.orders) {
            let offset = Int64(number) * spacing + Int64.random(in: 0...spacing, using: &dice)
            let placedAt = settings.start.advanced(by: Interval(milliseconds: offset))
            let id = OrderID("order-\(number)")
            if number % eventfulEvery == eventfulEvery / 2 {
                eventful.insert(id)
                steps += DemoPlan.eventful(id, placedAt: placedAt, from: goods, &dice).steps
            } else {
                steps += DemoPlan.ordinary(id, placedAt: placedAt, from: goods, &dice).steps
            }
        }
        steps.removeAll { $0.at > settings.end }
        // Two steps at the same moment keep their order.
        steps = steps.enumerated().sorted { ($0.element.at, $0.offset) > ($1.element.at, $1.offset) }.map(\.element)
        planned = steps.count
    }

    /// Does what comes next, in one write or a few; false: the two weeks are over.
    mutating func step(in book: OrderBook) throws -> Bool {
        let batch = takeBatch()
        guard let first = batch.first else {
            book.advance(to: settings.end)
            try look(in: book)
            return false
        }
        if first.at >= delivery {
            book.advance(to: delivery)
            delivery = Moment(milliseconds: .max)
            try take(goods.delivery(orders: settings.orders), in: book)
        }
        let answers = book.engine.perform(batch.map { (command(of: $0).command, at: $0.at) })
        tally.add(answers)
        for (step, answer) in zip(batch, answers) {
            if case .refused = answer, step.command == "place" { unplaced.insert(step.order) }
        }
        try look(in: book)
        return true
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
        for case .stock(.failure(let refusal)) in book.engine.perform(stock.map { .stock($0) }) { throw refusal }
    }

    /// Reads what has happened; whoever works for the payment provider answers calls some hours later, and forgets
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
