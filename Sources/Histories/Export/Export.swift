package import Waybill
package import WaybillCore
import WaybillEngine
import WaybillStore

/// Writes the history of a file as JSONL, one step per line in the order of the journal, in the form that
/// ``HistoryFile`` reads: imported into an empty file it leads to the same orders and stocks.
///
/// Commands, stock commands, timeouts that were moved or cancelled, timeouts that fired and calls that expired are
/// written, each order with the text that it was placed under, and every text once. What follows in the same write is
/// not: purchase limits opened by their first use or changed, and what orders told their relatives. Units that were
/// moved are two adjustments. Last come what each order has come to, and up to when time passed.
package struct Export {
    package struct Settings: Sendable {
        /// Events read at a time.
        package var pageMax = 500
        /// Only what happened up to here; nil: everything.
        package var upTo: Moment?
        /// Only the journal up to this event; nil: all of it.
        package var upToEvent: Position?

        package init() {}
    }

    /// The form of the lines; an import refuses forms that it does not know.
    package static let form: Int64 = 2

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
        let last = min(settings.upToEvent ?? engine.lastPosition, engine.lastPosition)
        let isWhole = settings.upTo == nil && settings.upToEvent == nil
        var writing = ExportWriting(upTo: settings.upTo)
        try line(ExportLine.mark)
        var position = Position(0)
        while true {
            let lines = try engine.store.read { rows in
                var lines: [[UInt8]] = []
                let count = try rows.forEachEvent(after: position, upTo: last, limit: settings.pageMax) { stored in
                    let event = stored.row
                    position = event.position
                    lines += try writing.lines(for: event, rows)
                }
                return count == 0 ? nil : lines
            }
            guard let lines else { break }
            for each in lines { try line(each) }
            progress(Int(clamping: position.number), Int(clamping: last.number))
        }
        for each in try engine.store.read({ rows in try writing.rest(rows) }) { try line(each) }
        if isWhole {
            for each in try engine.store.read({ rows in try writing.currentTexts(rows) }) { try line(each) }
        }
        // What orders were at an earlier time is not looked up.
        if isWhole, let end = writing.latest { try writeEnds(of: engine, at: end, line: line) }
        if let end = writing.latest { try line(ExportLine.at(end)) }
        return writing.result
    }

    /// What each order has come to.
    private func writeEnds(of engine: Engine, at end: Moment, line: ([UInt8]) throws -> Void) throws {
        var ends = OrderEnds(engine)
        var walk = PageWalk(after: "", by: \OrderRow.id, limit: settings.pageMax)
        while let page = try walk.next({ last, limit in
            try engine.store.read { snapshot in try snapshot.orders(afterID: last, limit: limit) }
        }) {
            for row in page { try line(ExportLine.end(row.id, digest: try ends.digest(row), at: end)) }
        }
    }
}

/// What an export came to.
package struct ExportResult: Hashable, Sendable, Codable {
    package var commands = 0
    package var stockCommands = 0
    /// Timeouts that somebody moved or cancelled.
    package var movedTimeouts = 0
    /// Timeouts that fired and calls that expired.
    package var firings = 0
    /// Texts that took the new orders of others.
    package var activations = 0
    /// Events that follow in the same write, and that an import makes again: purchase limits opened and changed,
    /// commands between relatives.
    package var following = 0
    /// Events of kinds that no line can say, by their type: an import will not have them.
    package var leftOut: [String: Int] = [:]

    package init() {}
}
