package import Waybill
package import WaybillCore
import WaybillEngine

/// Brings a history into an order book: every step through the same handler as a live command, in virtual time.
///
/// It may be stopped at any moment and started again, and run twice: a step that the file holds already, accepted or
/// refused, is recognised by its order, time, command and key, and left alone (`ImportMemory`).
package struct Import {
    /// Who the commands come from, when the history does not say.
    package static let caller: Text = "import"

    package struct Settings: Sendable {
        /// Commands in one write.
        package var batchMax = 1_000
        /// Steps between two reports of progress.
        package var progressEvery = 1_000

        package init() {}
    }

    package let settings: Settings

    package init(settings: Settings = Settings()) {
        precondition(settings.batchMax > 0 && settings.progressEvery > 0, "an import needs batches of 1 or more")
        self.settings = settings
    }

    /// Imports a whole history.
    ///
    /// - Parameters:
    ///   - book: opened in a virtual world: a new one at the start of the history, one in which others live at the
    ///     real time.
    ///   - clock: the real time, where others live in the file: a later entry is refused before anything is written.
    ///   - progress: steps done, and how many there are.
    ///   - difference: told of each order that does not go as the history says, when that is found out.
    package func run(
        _ source: some HistorySource, into book: OrderBook, notAfter clock: Moment? = nil,
        progress: (Int, Int) -> Void = { _, _ in },
        difference: (HistoryDifference) throws -> Void = { _ in }
    ) throws -> ImportResult {
        guard book.engine.world.virtualClock != nil else { throw ImportFailure.realTime }
        if let clock, let latest = source.latest, latest.at > clock {
            throw ImportFailure.later(latest, clock: clock)
        }
        return try withoutActuallyEscaping(difference) { difference in
            var run = try ImportRun(
                engine: book.engine, settings: settings, source: source,
                report: ImportReport(orderCount: source.orderCount, difference))
            var done = 0
            try source.forEach { entry in
                try run.add(entry)
                done += 1
                if done % settings.progressEvery == 0 { progress(done, source.entryCount) }
            }
            try run.finish()
            progress(done, source.entryCount)
            return run.report.result
        }
    }
}

/// Why an import cannot go on; what was committed before stays, and the next run continues there.
package enum ImportFailure: Error, Sendable, CustomStringConvertible {
    case realTime
    /// The engine or the disk refused to write.
    case stopped(String)
    /// A line places an order under a workflow that the file does not know.
    case unknownWorkflow(WorkflowName, order: OrderID)
    /// An entry is later than the clock, and others live in the file.
    case later(HistoryPlace, clock: Moment)

    package var description: String {
        switch self {
        case .realTime: "a history needs an order book in virtual time; open it with World.virtual"
        case .unknownWorkflow(let name, let order):
            "the history places \(order) under the workflow \(name), which the file does not know; give it by "
                + "--workflow FILE, and run it again"
        case .later(let latest, let clock):
            "\(latest.place): it happens at \(latest.at.iso8601), and it is \(clock.iso8601) now; nothing was "
                + "imported. Is it a time of another zone? Write 2026-11-21T18:00:00+08:00, or import into a new file"
        case .stopped(let reason): "the import stopped: \(reason). Run it again; it goes on where it stopped"
        }
    }
}
