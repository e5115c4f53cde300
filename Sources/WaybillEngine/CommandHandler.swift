import WaybillCore
import WaybillStore

/// The one place where an order changes: events, messages, timeouts, stock, idempotency result, all in the write at
/// hand.
///
/// A command checks everything before its first statement, so a refusal has nothing to undo. Orders and stock are kept
/// in memory until the end of the write, because one write may change them many times; all else is appended at once.
final class CommandHandler {
    let catalogue: WorkflowCatalogue
    let stock = StockLedger()
    let orders = OrderLedger()
    var journal: Journal
    /// Up to when timeouts may fire in the write at hand; nil: none may.
    var horizon: Moment?
    /// How late the timeouts were that the write at hand fired.
    var lateness: [Interval] = []
    /// The earliest due time that the write at hand has armed.
    var earliestArmed: Moment?

    init(catalogue: WorkflowCatalogue, journalEnd: JournalEnd) {
        self.catalogue = catalogue
        journal = Journal(end: journalEnd)
    }

    /// Handles one command at a moment.
    func handle(_ command: Command, at now: Moment, in transaction: borrowing Transaction) throws -> Answer {
        if let refusal = command.crossedBound { return .refused(refusal) }
        let fingerprint = command.fingerprint
        if let answer = try remembered(command, fingerprint: fingerprint, at: now, in: transaction) { return answer }
        let found = try find(command, at: now, in: transaction)
        let answer: Answer
        switch found {
        case .failure(let refusal):
            answer = .refused(refusal)
            try note(refusal, of: command, number: nil, at: now, in: transaction)
        case .success(let entry):
            try fireOverdue(of: entry, at: now, in: transaction)
            answer = try handle(command, on: entry, at: now, in: transaction)
            let number = entry.order.version == 0 ? nil : entry.order.number
            if case .refused(let refusal) = answer {
                try note(refusal, of: command, number: number, at: now, in: transaction)
            }
            try remember(answer, of: command, fingerprint: fingerprint, number: number, at: now, in: transaction)
        }
        return answer
    }

    private func handle(
        _ command: Command, on entry: OrderLedger.Entry, at now: Moment, in transaction: borrowing Transaction
    ) throws -> Answer {
        switch try decide(
            on: entry, in: transaction,
            { workflow, order, facts throws(Refusal) in
                try workflow.decide(command, on: order, at: now, asking: facts)
            })
        {
        case .failure(let refusal):
            return .refused(refusal)
        case .success(.repeated(let version)):
            return .accepted(
                Receipt(order: entry.order.id, version: version, status: entry.order.status, isRepeat: true))
        case .success(.accepted(let decision)):
            let body = EventBody(of: command, decided: decision, under: entry.workflow.workflow)
            var header = EventHeader(type: command.name, at: now)
            header.caller = command.caller
            header.key = command.key
            header.trace = command.trace
            header.lane = entry.order.version == 0 ? command.lane : entry.order.lane
            return try append(decision, body: body, header: header, on: entry, in: transaction)
        }
    }

    /// Decides, fetching stock rows as the decision asks for them. Each round fetches at least one, so it ends.
    func decide<Result>(
        on entry: OrderLedger.Entry, in transaction: borrowing Transaction,
        _ body: (Workflow, Order, any StockFacts) throws(Refusal) -> Result
    ) throws -> Swift.Result<Result, Refusal> {
        while true {
            stock.beginDecision()
            let result: Swift.Result<Result, Refusal>
            do throws(Refusal) {
                result = .success(try body(entry.workflow.workflow, entry.order, stock))
            } catch {
                result = .failure(error)
            }
            if stock.missing.isEmpty { return result }
            try stock.load(stock.missing, in: transaction)
        }
    }

    /// Writes down what a decision came to: the event, its messages and timeouts, the order, the stock.
    func append(
        _ decision: Decision, body: EventBody, header: EventHeader, on entry: OrderLedger.Entry,
        fired: TimeoutName? = nil, in transaction: borrowing Transaction
    ) throws -> Answer {
        let workflow = entry.workflow.workflow
        let before = entry.order
        var after = decision.order
        let outcome = decision.outcome
        try stock.load(outcome.movements.lazy.map(\.key), in: transaction)
        try openQuotas(decision.opened, at: header.at, in: transaction)
        let position = journal.nextPosition
        if before.version == 0 { after.number = StreamNumber(position.number) }

        var body = body
        body.add(decision, on: before, workflow: entry.workflow.number.number)
        try journal.append(
            header, stream: after.number, version: after.version, in: transaction
        ) { body.write(to: &$0, under: workflow) }
        try send(outcome.messages, of: after, event: position, at: header.at, in: transaction)
        try replaceTimeouts(
            of: after, old: before.timeouts.lazy.filter { $0.name != fired }, event: position, in: transaction)
        for movement in outcome.movements {
            guard stock.apply(movement) else {
                throw EngineFailure.damaged(
                    "order \(after.id) moved \(movement.quantity) of \(movement.key.sku), which its stock does not hold"
                )
            }
        }
        orders.change(entry, to: after)
        return .accepted(Receipt(order: after.id, version: after.version, status: after.status))
    }

    /// Ends the write: orders and stock that changed are written once each.
    func flush(in transaction: borrowing Transaction) throws {
        try orders.flush(in: transaction)
        try stock.flush(in: transaction)
    }

    /// After the commit.
    func endWrite() {
        earliestArmed = nil
        lateness.removeAll(keepingCapacity: true)
        orders.endWrite()
        stock.endWrite()
        journal.endWrite()
    }

    /// After a write that was undone.
    func forget() {
        earliestArmed = nil
        lateness.removeAll()
        orders.forget()
        stock.forget()
        journal.rollBack()
    }
}
