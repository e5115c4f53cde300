import WaybillCore

/// What moves an order.
enum Trigger {
    case command(Command)
    case timeout(TimeoutName)
    /// A call, by its number within the order, was not answered in time.
    case expiry(Int64)
}

/// One decision with all that follows from it in other orders of its family, ready to be written: all or none.
struct Cascade {
    /// Orders that one command may move.
    static let stepsMax = 1_024

    /// One event to be. A class, because it goes through many hands and would be copied by each.
    final class Step {
        let entry: OrderLedger.Entry
        let decision: Decision
        let body: EventBody
        var header: EventHeader
        /// The timeout that fired: its row is deleted already.
        let fired: TimeoutName?

        init(
            entry: OrderLedger.Entry, decision: Decision, body: EventBody, header: EventHeader,
            fired: TimeoutName? = nil
        ) {
            self.entry = entry
            self.decision = decision
            self.body = body
            self.header = header
            self.fired = fired
        }
    }

    /// A command from one order to another that is still to be decided.
    struct PendingCommand {
        let command: RelativeCommand
        /// Index of the step that sent it; 0 is the first.
        let sender: Int
    }

    var first: Step
    /// What follows, each with the index of the step that led to it.
    private(set) var rest: [(step: Step, cause: Int)] = []
    /// Commands to orders that have ended and hear nothing any more.
    private(set) var unheard: [(command: Command, order: OrderLedger.Entry)] = []
    /// Who has been decided about, as they will be.
    private var orders: [OrderID: (entry: OrderLedger.Entry, order: Order)] = [:]
    /// What was moved so far; no row knows of it yet.
    private(set) var movements: [Movement] = []
    private var waiting: [PendingCommand] = []
    private var next = 0

    init(_ first: Step) {
        self.first = first
        guard !first.decision.outcome.relatives.isEmpty else { return }
        take(first, index: 0)
    }

    var stepCount: Int { rest.count + 1 }

    func step(_ index: Int) -> Step { index == 0 ? first : rest[index - 1].step }

    mutating func add(_ step: Step, cause: Int) {
        rest.append((step, cause))
        take(step, index: rest.count)
    }

    mutating func addUnheard(_ command: Command, by entry: OrderLedger.Entry) { unheard.append((command, entry)) }

    /// First sent, first decided: as if each command came in when the one before it was done.
    mutating func nextPendingCommand() -> PendingCommand? {
        guard next < waiting.count else { return nil }
        next += 1
        return waiting[next - 1]
    }

    /// An order as this cascade leaves it so far; nil: it has not come to it.
    func order(_ id: OrderID) -> (entry: OrderLedger.Entry, order: Order)? { orders[id] }

    private mutating func take(_ step: Step, index: Int) {
        orders[step.decision.order.id] = (step.entry, step.decision.order)
        movements += step.decision.outcome.movements
        waiting += step.decision.outcome.relatives.map { PendingCommand(command: $0, sender: index) }
    }
}

/// Answers for stock in the middle of a cascade: what its earlier steps moved counts too.
final class CascadeFacts: StockFacts {
    private let rows: StockLedger
    private let earlier: [Movement]

    init(_ rows: StockLedger, after earlier: [Movement]) {
        self.rows = rows
        self.earlier = earlier
    }

    func reserve(_ lines: [ReserveLine], after movements: [Movement]) -> ReserveAnswer {
        rows.reserve(lines, after: earlier + movements)
    }

    func shortages(of lines: [ReserveLine], after movements: [Movement]) -> [Refusal.Shortage.Line] {
        rows.shortages(of: lines, after: earlier + movements)
    }
}
