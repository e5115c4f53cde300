import WaybillCore
import WaybillEngine

/// One run of an import: gathers commands, writes them in batches, and reports what became of each.
struct ImportRun {
    private let engine: Engine
    private let settings: Import.Settings
    private var memory: ImportMemory
    private(set) var report: ImportReport
    private var batch: [(command: Command, at: Moment)] = []
    private var batchEntries: [HistoryEntry] = []
    private let workflows: Set<WorkflowName>

    init(engine: Engine, settings: Import.Settings, report: ImportReport) throws {
        self.engine = engine
        self.settings = settings
        self.report = report
        memory = try ImportMemory(engine)
        workflows = Set(engine.workflowNames)
        batch.reserveCapacity(settings.batchMax)
    }

    mutating func add(_ entry: HistoryEntry) throws {
        switch entry.act {
        case .command(var command):
            // Refused, it would count as done, and stay away from the next run with the workflow.
            if let name = command.workflow, !workflows.contains(name) {
                throw ImportFailure.unknownWorkflow(name, order: command.order)
            }
            if let answer = try memory.answer(to: command, at: entry.at) {
                return try report.add(entry, earlier: answer)
            }
            command.trace = entry.note.trace(after: command.trace)
            batch.append((command, entry.at))
            batchEntries.append(entry)
            if batch.count == settings.batchMax { try flush() }
        case .timeout(let command):
            try flush()
            if let answer = try memory.answer(to: command, at: entry.at) {
                return try report.add(entry, earlier: answer)
            }
            try perform(.timeout(command), of: entry)
        case .stock(let command):
            try flush()
            if try memory.holds(command, at: entry.at) { return report.addEarlierStock() }
            try perform(.stock(command), of: entry)
        case .rest:
            try flush()
            engine.advance(to: entry.at)
        }
    }

    mutating func finish() throws { try flush() }

    /// Writes what was gathered.
    private mutating func flush() throws {
        guard !batch.isEmpty else { return }
        let answers = engine.perform(batch)
        for (entry, answer) in zip(batchEntries, answers) {
            try stop(on: answer)
            try report.add(entry, answer: answer)
        }
        batch.removeAll(keepingCapacity: true)
        batchEntries.removeAll(keepingCapacity: true)
    }

    private mutating func perform(_ request: Request, of entry: HistoryEntry) throws {
        engine.advance(to: entry.at)
        for reply in engine.perform([request]) {
            switch reply {
            case .order(let answer):
                try stop(on: answer)
                try report.add(entry, answer: answer)
            case .stock(.success): report.addStock()
            case .stock(.failure(let refusal)):
                try stop(on: .refused(refusal))
                try report.addRefusedStock(entry, refusal)
            case .broker: throw ImportFailure.stopped("the broker answered an order's or a stock's request")
            }
        }
    }

    /// Refusals that say nothing about the history, only about this run.
    private func stop(on answer: Answer) throws {
        guard case .refused(let refusal) = answer else { return }
        switch refusal {
        case .outcomeUnknown, .failStopped, .undone, .overloaded, .crowded, .diskNearlyFull:
            throw ImportFailure.stopped(refusal.message)
        case .unknownOrder, .orderExists, .unknownWorkflow, .unknownCommand, .notPossible, .wrongRole, .badData,
            .versionConflict, .keyReused, .insufficientStock, .soldOut, .beyondHolding, .stockConflict,
            .invariantBroken,
            .arithmetic, .limit, .rejectedByCaller, .unknownTimeout, .timeoutFired, .noOpenCall, .callEnded,
            .callNotAnswered, .relativeRefused, .remembered:
            break
        }
    }
}
