package import Waybill
package import WaybillCore
import WaybillEngine
import WaybillStore

/// Writes the history of a file as JSONL, one step per line in the order of the journal, in the form that
/// ``HistoryFile`` reads: imported into an empty file it leads to the same orders and stocks.
///
/// Commands, stock commands and timeouts that somebody moved or cancelled are written. What follows from them by itself
/// is not: timeouts that fired, calls that expired, quotas opened by their first use, and what orders told their
/// relatives. A last line says up to when time passed.
package struct Export {
    package struct Settings: Sendable {
        /// Events read at a time.
        package var pageMax = 500
        /// Only what happened up to here; nil: everything.
        package var upTo: Moment?

        package init() {}
    }

    private let settings: Settings

    package init(settings: Settings = Settings()) { self.settings = settings }

    /// Writes the history of a book.
    ///
    /// - Parameters:
    ///   - line: takes each line, with its line end.
    ///   - progress: events read, and how many there are.
    package func run(
        _ book: OrderBook, progress: (Int, Int) -> Void = { _, _ in }, line: ([UInt8]) throws -> Void
    ) throws -> ExportResult {
        let engine = book.engine
        let last = engine.lastPosition
        var writing = ExportWriting(engine: engine, upTo: settings.upTo)
        var position = Position(0)
        while true {
            let lines = try engine.store.read { rows in
                var lines: [[UInt8]] = []
                let count = try rows.forEachEvent(after: position, upTo: last, limit: settings.pageMax) { stored in
                    let event = stored.row
                    position = event.position
                    if let line = try writing.line(for: event, rows) { lines.append(line) }
                }
                return count == 0 ? nil : lines
            }
            guard let lines else { break }
            for each in lines { try line(each) }
            progress(Int(clamping: position.number), Int(clamping: last.number))
        }
        if let end = writing.endLine { try line(end) }
        return writing.result
    }
}

/// What an export came to.
package struct ExportResult: Hashable, Sendable, Codable {
    package var commands = 0
    package var stockCommands = 0
    /// Timeouts that somebody moved or cancelled.
    package var movedTimeouts = 0
    /// Events that follow by themselves, and that an import makes again: timeouts that fired, calls that expired,
    /// quotas opened, commands between relatives.
    package var following = 0
    /// Events of kinds that no line can say, by their type: an import will not have them.
    package var leftOut: [String: Int] = [:]

    package init() {}
}
