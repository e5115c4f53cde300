import WaybillBroker
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// The one place where an order changes: events, messages, timeouts, stock, idempotency result, all in the current
/// write.
///
/// A decision is complete before its first row is written, so a refusal has nothing to undo. What is overdue may have
/// fired before it in the same write, and stays. Orders and stock are kept in memory until the end of the write,
/// because one write may change them many times; all else is appended at once.
final class CommandHandler {
    let catalogue: WorkflowCatalogue
    let stock: StockLedger
    let orders: OrderLedger
    var journal: Journal
    let settings: TimeoutCenter.Settings
    /// How often orders have fired at one moment.
    var bursts = Bursts()
    /// Keeps the messages of events.
    let broker: Broker
    /// Whether the last answer is stored under the key of its request. The caller sets it to false before it asks.
    var hasKeptAnswer = false
    /// What this write has done that is counted at its commit.
    var tally = WriteTally()

    init(
        catalogue: WorkflowCatalogue, journalEnd: JournalEnd, board: SoldOutBoard, settings: TimeoutCenter.Settings,
        broker: Broker, ordersCountedTo: StreamNumber?
    ) {
        self.catalogue = catalogue
        orders = OrderLedger(countedTo: ordersCountedTo)
        self.settings = settings
        self.broker = broker
        stock = StockLedger(board: board)
        journal = Journal(end: journalEnd)
    }

    /// Before anything fires or is handled in a write, or at the next moment of one in a virtual world.
    func begin(_ firing: Firing, in write: inout Write) {
        write.firing = firing
        stock.beginWrite()
    }

    /// Handles one command at a moment.
    ///
    /// - Returns: nil: it keeps its place for the next write, because more is overdue than this one may fire: in the
    ///   order's family, or in the file while stock is short.
    func handle(_ command: Command, in write: inout Write) throws -> Answer? {
        var workflow: Workflow?
        guard let outcome = try answer(to: command, &workflow, in: &write) else { return nil }
        tell(outcome, to: command, under: workflow)
        return outcome
    }

    /// - Parameter workflow: becomes that of the order, when it is found.
    private func answer(
        to command: Command, _ workflow: inout Workflow?, in write: inout Write
    ) throws -> Answer? {
        if let refusal = command.crossedBound { return .refused(refusal) }
        if let answer = try keptAnswer(to: command, in: write) { return answer }
        if let refusal = refusal(ofLane: command.lane) { return .refused(refusal) }
        let found = try find(command, in: write)
        let answer: Answer
        switch found {
        case .failure(let refusal):
            answer = .refused(refusal)
            try note(refusal, of: command, number: nil, in: write)
        case .success(let entry):
            workflow = entry.workflow.workflow
            guard try fireOverdue(of: entry, in: &write),
                let decided = try handle(command, on: entry, in: &write)
            else { return nil }
            let data: [Value]?
            (answer, data) = decided
            let number = entry.order.version == 0 ? nil : entry.order.number
            if case .refused(let refusal) = answer {
                try note(refusal, of: command, number: number, in: write)
            }
            // The order itself keeps the key of a call, and says more to a second answer than that the key is used.
            if !entry.workflow.workflow.isAnswer(command.name) {
                try keepAnswer(
                    answer, of: command, fingerprint: command.fingerprint(data, under: entry.workflow.workflow),
                    number: number, in: write)
            }
        }
        return answer
    }

    /// Notes for the counts what became of a command.
    ///
    /// - Parameter workflow: nil: the order was not looked for, or is not there.
    private func tell(_ answer: Answer, to command: Command, under workflow: Workflow?) {
        let workflow = workflow ?? orders.entry(command.order)?.workflow.workflow
        switch answer {
        case .accepted(let receipt):
            tally.add(
                EngineCounts.CommandKey(
                    workflow: workflow?.name.text ?? "", command: command.name.text,
                    result: receipt.isRepeat ? .repeated : .accepted))
        case .refused(let refusal):
            // What no workflow knows may be any word.
            let isKnown = workflow?.knows(command.name) ?? false
            var isRepeat = false
            if case .remembered = refusal { isRepeat = true }
            tally.add(
                EngineCounts.CommandKey(
                    workflow: workflow?.name.text ?? "", command: isKnown ? command.name.text : EngineCounts.other,
                    result: isRepeat ? .repeated : .refused))
        }
    }

    /// What the write has done until now; the next one begins with nothing.
    func takeTally() -> WriteTally {
        defer { tally = WriteTally() }
        return tally
    }

    /// Why a command may not name a lane; nil: it may.
    private func refusal(ofLane lane: Text) -> Refusal? {
        guard case .limit(_, let max) = broker.refusal(ofLane: lane) else { return nil }
        return .limit(
            "lanes of a file (the lane \(lane) would be one more; a lane ends when its messages are gone and no "
                + "consumer reads it)", max: max)
    }

    /// The answer, and the command's data where it was decoded on the way to it.
    private func handle(
        _ command: Command, on entry: OrderLedger.Entry, in write: inout Write
    ) throws -> (answer: Answer, data: [Value]?)? {
        stock.comesAfterKept = true
        defer { stock.comesAfterKept = false }
        var decided = try decide(.command(command), on: entry, in: write)
        while stock.wasShort {
            let asked = stock.shortKeys
            switch try drain(in: &write) {
            case .nothing: return try answer(command, decided, on: entry, in: &write)
            case .some(hasFired: false):
                stock.contest(asked)
                return nil
            case .all, .some(hasFired: true):
                stock.comesAfterKept = true
                decided = try decide(.command(command), on: entry, in: write)
            }
        }
        return try answer(command, decided, on: entry, in: &write)
    }

    private func answer(
        _ command: Command, _ decided: Result<FamilyVerdict, Refusal>, on entry: OrderLedger.Entry,
        in write: inout Write
    ) throws -> (answer: Answer, data: [Value]?) {
        switch decided {
        case .failure(.noOpenCall(let name, let key?, let open)):
            let ended = try whyNotOpen(name, key: Text(key), of: entry, in: write)
            return (.refused(ended ?? .noOpenCall(name, key: key, open: open)), nil)
        case .failure(let refusal):
            return (.refused(refusal), nil)
        case .success(.repeated(let version)):
            return (.accepted(try repeated(version, of: entry.order, in: write)), nil)
        case .success(.accepted(let cascade)):
            return (.accepted(try record(cascade, in: &write)), cascade.first.decision.data)
        }
    }

    /// Writes down a decision and what followed from it, in the order in which it was decided.
    ///
    /// A purchase limit is raised before an order takes more, and lowered after one has given back.
    func record(_ cascade: Cascade, in write: inout Write) throws -> Receipt {
        let limits = stock.limitChanges
        if limits.isEmpty { return try recordSteps(of: cascade, in: &write) }
        try changeLimits(limits.filter { $0.by > 0 }, in: write)
        let receipt = try recordSteps(of: cascade, in: &write)
        try changeLimits(limits.filter { $0.by < 0 }, in: write)
        return receipt
    }

    private func recordSteps(of cascade: Cascade, in write: inout Write) throws -> Receipt {
        let receipt = try record(cascade.first, in: &write)
        guard cascade.stepCount > 1 || !cascade.unheard.isEmpty else { return receipt }
        var positions = [journal.endPosition]
        for (step, cause) in cascade.rest {
            step.header.cause = positions[cause]
            _ = try record(step, in: &write)
            positions.append(journal.endPosition)
        }
        for (command, entry) in cascade.unheard {
            let refusal = Refusal.notPossible(
                command.name, status: entry.order.status.string, states: ["its end"], guards: [])
            try note(refusal, of: command, number: entry.order.number, in: write)
        }
        return receipt
    }

    /// Writes down what one decision came to: the event, its messages, timeouts and calls, the order, the stock.
    func record(_ step: Cascade.Step, in write: inout Write) throws -> Receipt {
        let (entry, decision, header) = (step.entry, step.decision, step.header)
        let workflow = entry.workflow.workflow
        let before = entry.order
        var after = decision.order
        let outcome = decision.outcome
        try stock.load(outcome.movements.lazy.map(\.key), in: write.transaction)
        try openQuotas(decision.opened, in: write)
        try openPlaces(of: outcome.movements, in: write)
        let position = journal.nextPosition
        after.number = before.version == 0 ? StreamNumber(position.number) : before.number

        var body = step.body
        body.add(decision, on: before, workflow: entry.workflow.number.number)
        try journal.append(
            header, stream: after.number, version: after.version, in: write.transaction
        ) { body.write(to: &$0, under: workflow) }
        let halves = try send(outcome, of: position, header, in: write)
        if !outcome.called.isEmpty {
            try keep(outcome.called, of: after, halves: halves, event: position, in: &write)
        }
        if !outcome.settled.isEmpty {
            try end(outcome.settled, of: after, in: write)
        }
        if !outcome.unanswered.isEmpty {
            try leaveUnanswered(outcome.unanswered, of: after, in: write)
        }
        let fired = step.fired
        try replaceTimeouts(
            of: after, old: before.timeouts.lazy.filter { $0.name != fired }, event: position, in: &write)
        for movement in outcome.movements {
            guard stock.apply(movement) else {
                throw EngineFailure.damaged(
                    "order \(after.id) moved \(movement.quantity) of \(movement.key.sku), which its stock does not hold"
                )
            }
        }
        orders.change(entry, to: after)
        return Receipt(
            order: after.id, position: position, version: after.version, status: after.status,
            timeouts: after.timeouts)
    }

    /// The receipt of a command that was accepted before, as a version of its order.
    func repeated(_ version: Int64, of order: Order, in write: borrowing Write) throws -> Receipt {
        let event = try write.transaction.events(of: order.number, fromVersion: version, limit: 1).first
        guard let event, event.version == version else {
            throw EngineFailure.damaged("event \(version) of order \(order.id), which answered a command, is not there")
        }
        return Receipt(
            order: order.id, position: event.position, version: version, status: order.status, isRepeat: true,
            timeouts: order.timeouts)
    }

    /// Writes the orders and stock that have changed since the last call, once each: at the end of the write, or after
    /// each request when it is to be found out which one cannot be written.
    func flush(in write: borrowing Write) throws {
        try orders.flush(in: write.transaction)
        try stock.flush(in: write.transaction)
    }

    /// After the commit.
    func endWrite() {
        orders.endWrite()
        stock.endWrite()
        journal.endWrite()
    }

    /// After a write that was undone.
    func forget() {
        bursts.forget()
        tally = WriteTally()
        orders.forget()
        stock.forget()
        journal.rollBack()
    }
}
