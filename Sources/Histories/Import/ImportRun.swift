import WaybillCore
import WaybillEngine
import WaybillStore

/// One run of an import: gathers steps, writes them in batches, and reports what became of each.
struct ImportRun {
    private let engine: Engine
    private let settings: Import.Settings
    private let time: HistoryTime
    private var memory: ImportMemory
    private(set) var report: ImportReport
    private var batch: [Step] = []
    private var workflows: Set<WorkflowName>
    private var ends: OrderEnds
    /// Whether nothing had happened in the file: it becomes what the history says, which of the texts take new orders
    /// too. In a file in which others live they go on being placed under the texts that it has noted.
    private let isFirst: Bool

    /// What an entry asks of the engine, with the place for the reply.
    private enum Step {
        case command(Asked<Command>, HistoryEntry)
        case timeout(Asked<TimeoutCommand>, HistoryEntry)
        case firing(Asked<RecordedFiring>, HistoryEntry)
        case stock(Asked<StockCommand>, HistoryEntry)

        var timed: (request: any Request, at: Moment) {
            switch self {
            case .command(let asked, let entry): (asked, entry.at)
            case .timeout(let asked, let entry): (asked, entry.at)
            case .firing(let asked, let entry): (asked, entry.at)
            case .stock(let asked, let entry): (asked, entry.at)
            }
        }
    }

    /// - Parameter source: says how time passes while it comes in.
    init(engine: Engine, settings: Import.Settings, source: some HistorySource, report: ImportReport) throws {
        self.engine = engine
        self.settings = settings
        self.report = report
        memory = try ImportMemory(engine)
        workflows = Set(engine.workflowNames)
        ends = OrderEnds(engine)
        let orders = source.orderDigests
        isFirst = engine.lastPosition.number == 0
        if source.isRecording {
            time = .recorded
        } else if !isFirst {
            // Others live in the file: only the history's own orders go by the history's time.
            time = .ofItsOrders { orders.contains($0) }
        } else {
            time = .ofTheFile
        }
        batch.reserveCapacity(settings.batchMax)
    }

    mutating func add(_ entry: HistoryEntry) throws {
        switch entry.act {
        case .command(var command):
            // Refused, it would count as done, and be left out of the next run with the workflow.
            if let name = command.workflow, !workflows.contains(name) {
                throw ImportFailure.unknownWorkflow(name, order: command.order)
            }
            if let answer = try memory.answer(to: command, at: entry.at) {
                return try report.add(entry, earlier: answer)
            }
            command.trace = entry.note.trace(after: command.trace)
            try gather(.command(Asked(command), entry))
        case .timeout(let command):
            if let answer = try memory.answer(to: command, at: entry.at) {
                return try report.add(entry, earlier: answer)
            }
            try gather(.timeout(Asked(command), entry))
        case .firing(let recorded):
            if let answer = try memory.answer(to: recorded, at: entry.at) {
                return try report.add(entry, earlier: answer)
            }
            try gather(.firing(Asked(recorded), entry))
        case .stock(let command):
            switch try memory.answer(to: command, at: entry.at) {
            case nil: try gather(.stock(Asked(command), entry))
            case .isThere: report.addEarlierStock()
            case .isOlder(let last): try report.addOlderStock(entry, last: last)
            }
        case .rest:
            try flush()
            engine.pass(to: entry.at, as: time)
        case .workflow(let name, let hash, let text, let caller):
            try flush()
            try engine.makeCurrent(
                name, hash: hash, text: text, at: entry.at, caller: caller, outlasts: isFirst)
            workflows.insert(name)
        case .end(let order, let digest):
            try flush()
            try compare(order, digest, entry)
        case .recording: break
        }
    }

    mutating func finish() throws { try flush() }

    private mutating func gather(_ step: Step) throws {
        batch.append(step)
        if batch.count == settings.batchMax { try flush() }
    }

    /// Writes what was gathered.
    private mutating func flush() throws {
        guard !batch.isEmpty else { return }
        engine.perform(batch.map(\.timed), as: time)
        for step in batch {
            switch step {
            case .command(let asked, let entry): try add(asked.reply, to: entry)
            case .timeout(let asked, let entry): try add(asked.reply, to: entry)
            case .firing(let asked, let entry): try add(asked.reply, to: entry)
            case .stock(let asked, let entry): try add(asked.reply, to: entry)
            }
        }
        batch.removeAll(keepingCapacity: true)
    }

    /// - Parameter answer: nil: there is none yet.
    private mutating func add(_ answer: Answer?, to entry: HistoryEntry) throws {
        guard let answer else { return }
        if case .refused(let refusal) = answer { try stop(on: refusal) }
        try report.add(entry, answer: answer)
    }

    private mutating func add(_ result: Result<StockReceipt, Refusal>?, to entry: HistoryEntry) throws {
        switch result {
        case nil: return
        case .success: report.addStock()
        case .failure(let refusal):
            try stop(on: refusal)
            try report.addRefusedStock(entry, refusal)
        }
    }

    /// Compares what an order has come to with what the export says.
    private mutating func compare(_ order: OrderID, _ digest: Text, _ entry: HistoryEntry) throws {
        guard let row = try engine.store.read({ snapshot in try snapshot.order(id: order) }) else {
            return try report.addOtherEnd(entry, "it is not there")
        }
        if Text(try ends.digest(row)) != digest {
            try report.addOtherEnd(entry, "it came to another state than in the file that was exported")
        }
    }

    /// Refusals that say nothing about the history, only about this run.
    private func stop(on refusal: Refusal) throws {
        switch refusal {
        case .outcomeUnknown, .failStopped, .shuttingDown, .undone, .overloaded, .crowded, .diskNearlyFull:
            throw ImportFailure.stopped(refusal.message)
        case .unknownOrder, .orderExists, .unknownWorkflow, .unknownCommand, .notPossible, .wrongRole, .badData,
            .versionConflict, .keyReused, .insufficientStock, .soldOut, .beyondHolding, .stockConflict,
            .invariantBroken,
            .arithmetic, .limit, .badCursor, .rejectedByCaller, .unknownTimeout, .timeoutFired, .noOpenCall, .callEnded,
            .callNotAnswered, .relativeRefused, .remembered:
            break
        }
    }
}
