import WaybillCore
import WaybillEngine
import WaybillStore

/// What earlier runs have brought into the file: how an import goes on where it stopped, and does nothing twice.
///
/// Keys of commands are remembered for a day of the history's time only, so the journal itself is asked. A step is
/// there when its order has an event, or a refusal, of its time, command and key; of steps that are alike as many are
/// there as there are events. A step whose key the order has already repeats another, and left no trace. One that is
/// older than its order's last event and is none of these cannot happen any more: it is refused.
struct ImportMemory {
    private let engine: Engine
    /// Orders that were placed after it are this run's own.
    private let lastPosition: Position
    /// Refusals of steps whose order did not exist; the file keeps the last 10,000.
    private let withoutOrder: [Step: RefusalRow]
    /// Steps of the moment at hand that came before in this run.
    private var seen: [Step: Int] = [:]
    private var moment: Moment?

    enum Answer {
        /// The order's status is now...
        case accepted(status: Text)
        case refused(code: Text, reason: Text)
        /// It is older than the last event, and not among the events.
        case isOlder(last: Moment)
    }

    enum StockAnswer {
        case isThere
        /// It is older than the last event of its stock, and not among its events.
        case isOlder(last: Moment)
    }

    fileprivate struct Step: Hashable {
        var order: OrderID
        var command: EventName
        var key: Text?
        var at: Moment
    }

    init(_ engine: Engine) throws {
        self.engine = engine
        lastPosition = engine.lastPosition
        let rows = try engine.store.read { snapshot in
            try snapshot.refusals(of: nil, limit: Int(RefusalRow.withoutOrderMax))
        }
        withoutOrder = Dictionary(rows.map { (Step($0), $0) }, uniquingKeysWith: { first, _ in first })
    }

    private var isEmpty: Bool { lastPosition.number == 0 && withoutOrder.isEmpty }

    /// What an earlier run answered to a command, or nil when it was not handled yet.
    mutating func answer(to command: Command, at moment: Moment) throws -> Answer? {
        guard !isEmpty else { return nil }
        let step = Step(order: command.order, command: command.name, key: command.key, at: moment)
        return try answer(to: step, repeating: command) {
            $0.type == step.command && $0.key == step.key && $0.at == moment
        }
    }

    /// The same for a timeout that fired, or a call that expired.
    mutating func answer(to firing: RecordedFiring, at moment: Moment) throws -> Answer? {
        guard !isEmpty else { return nil }
        // Two that fire at one moment are not alike.
        let step = Step(order: firing.order, command: EventName("\(firing.what)"), key: nil, at: moment)
        return try answer(to: step) {
            try firing.eventTypes.contains($0.type) && $0.at == moment && firing.isSaid(by: $0.body)
        }
    }

    /// The same for a timeout that somebody moved or cancelled.
    mutating func answer(to command: TimeoutCommand, at moment: Moment) throws -> Answer? {
        guard !isEmpty else { return nil }
        let name: EventName =
            switch command.action {
            case .cancel: "$cancel"
            case .extend, .move: "$reschedule"
            }
        let step = Step(order: command.order, command: name, key: command.key, at: moment)
        return try answer(to: step) {
            try $0.type == name && $0.key == step.key && $0.at == moment && timeoutName(of: $0.body) == command.name
        }
    }

    private mutating func answer(
        to step: Step, repeating command: Command? = nil, _ isItsEvent: (EventRow) throws -> Bool
    ) throws -> Answer? {
        try answer(to: step, after: count(step), repeating: command, isItsEvent)
    }

    /// How many steps that are just the same came before this one.
    private mutating func count(_ step: Step) -> Int {
        if moment != step.at {
            seen.removeAll(keepingCapacity: true)
            moment = step.at
        }
        let before = seen[step] ?? 0
        seen[step] = before + 1
        return before
    }

    private func answer(
        to step: Step, after before: Int, repeating command: Command?, _ isItsEvent: (EventRow) throws -> Bool
    ) throws -> Answer? {
        try engine.store.read { snapshot in
            guard let row = try snapshot.order(id: step.order) else {
                return withoutOrder[step].map { Answer.refused(code: $0.code, reason: $0.message) }
            }
            guard row.number.number <= lastPosition.number else { return nil }
            var last: Moment?
            var version: Int64 = 0
            var alike = 0
            var hasItsKey = false
            while version < row.version {
                let events = try snapshot.events(of: row.number, fromVersion: version &+ 1, limit: Engine.pageMax)
                let older = events.filter { $0.position <= lastPosition }
                guard let newest = older.last else { break }
                alike += try older.count(where: isItsEvent)
                if alike > before { return .accepted(status: row.status) }
                if let key = step.key {
                    hasItsKey = hasItsKey || older.contains { $0.key == key && $0.type == step.command }
                }
                last = max(last ?? newest.at, newest.at)
                version = newest.version
            }
            let refusals = try snapshot.refusals(of: row.number, limit: Int(RefusalRow.perOrderMax))
            let alikeRefusals = refusals.filter { Step($0) == step }
            if alike + alikeRefusals.count > before, let refusal = alikeRefusals.first {
                return .refused(code: refusal.code, reason: refusal.message)
            }
            if let refusal = withoutOrder[step] { return .refused(code: refusal.code, reason: refusal.message) }
            guard let last, step.at < last else { return nil }
            if try hasItsKey || repeats(command, on: row) { return .accepted(status: row.status) }
            return .isOlder(last: last)
        }
    }

    /// Whether the order has the natural key of a command already.
    private func repeats(_ command: Command?, on row: OrderRow) throws -> Bool {
        guard let command else { return false }
        let workflow = try engine.workflow(row.workflow)
        return workflow.repeats(command, on: try Order(row, under: workflow))
    }

    /// What an earlier run answered to a stock command, or nil when it was not handled yet.
    mutating func answer(to command: StockCommand, at moment: Moment) throws -> StockAnswer? {
        guard !isEmpty else { return nil }
        // A stock is no order; its name in two parts cannot be one, so the steps of both may share a table.
        let name = OrderID("\(command.stock.sku)\u{0}\(command.stock.location)")
        let step = Step(order: name, command: EventName("\(command.action)"), key: command.key, at: moment)
        let before = count(step)
        return try engine.store.read { snapshot in
            guard let row = try snapshot.stock(command.stock), row.number.number <= lastPosition.number else {
                return nil
            }
            var end = row.version
            var last: Moment?
            var alike = 0
            while end > 0 {
                let first = max(1, end - Int64(Engine.pageMax) + 1)
                let page = try snapshot.events(of: row.number, fromVersion: first, limit: Int(end - first + 1))
                    .filter { $0.position <= lastPosition }
                for event in page where event.at == moment && event.key == command.key {
                    if try command.explains(event) { alike += 1 }
                }
                if alike > before { return .isThere }
                last = page.reduce(last) { max($0 ?? $1.at, $1.at) }
                // Clocks go back by less than that.
                if let newest = page.map(\.at).max(), moment.since(newest) > .days(1) { break }
                end = first - 1
            }
            guard let last, moment < last else { return nil }
            return .isOlder(last: last)
        }
    }
}

extension RecordedFiring {
    /// The types of the event that it leads to.
    fileprivate var eventTypes: [EventName] {
        switch what {
        case .timeout: ["$timeout"]
        case .call: ["$expired", "$unanswered"]
        }
    }

    /// Whether an event says that just this fired.
    fileprivate func isSaid(by body: [UInt8]) throws -> Bool {
        switch what {
        case .timeout(let name): try timeoutName(of: body) == name
        case .call(let number): try expiredCall(of: body) == number
        }
    }
}

extension StockCommand {
    /// Whether an event may have come of this command: two without keys at one time differ in what they moved.
    fileprivate func explains(_ event: EventRow) throws -> Bool {
        let body = try StockEventBody(event.body)
        let quantity = body.movement.quantity
        switch action {
        case .receive(let received): return event.type == "$receive" && quantity == received
        case .adjust(let adjusted):
            // A move is exported as an adjustment of either place.
            return (event.type == "$adjust" || event.type == .stockMoved) && quantity == adjusted
        case .move(let moved, let to):
            return event.type == .stockMoved && quantity == -moved && body.otherPlace == to
        case .count(let counted, _):
            return event.type == "$count" && (body.count?.counted ?? counted) == counted
        }
    }
}

extension ImportMemory.Step {
    fileprivate init(_ row: RefusalRow) {
        self.init(order: row.order, command: row.command, key: row.key, at: row.at)
    }
}

/// The name of the timeout that an event moved or cancelled, or that fired; nil: none.
func timeoutName(of body: [UInt8]) throws -> TimeoutName? {
    var name: TimeoutName?
    try EventFormats.current.read(body) { reader throws(JSONProblem) in
        try reader.object { key, reader throws(JSONProblem) in
            if key == "timeout" { name = TimeoutName(try reader.text()) } else { try reader.skipValue() }
        }
    }
    return name
}

/// The number of the call that was not answered in time, according to an event; nil: it says nothing of that.
private func expiredCall(of body: [UInt8]) throws -> Int64? {
    var number: Int64?
    try EventFormats.current.read(body) { reader throws(JSONProblem) in
        try reader.object { key, reader throws(JSONProblem) in
            if key == "call" { number = try reader.int() } else { try reader.skipValue() }
        }
    }
    return number
}
