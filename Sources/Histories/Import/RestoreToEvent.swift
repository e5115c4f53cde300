package import Waybill
package import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// Makes an order book as another one was after an event: the journal up to there is exported, and every step of it is
/// done again in virtual time. Then each order and each stock is compared with
/// what the other one says that it was.
package struct RestoreToEvent {
    /// What it came to.
    package struct Report: Sendable {
        /// The last event that was kept: the one that was named, or the last of its write that followed from it.
        package var event: Position
        /// Events behind it.
        package var events = 0
        /// Orders that were placed behind it.
        package var orders = 0
        /// Orders before it in which something happened behind it.
        package var changedOrders = 0
        /// Messages that orders sent behind it.
        package var messages = 0
        /// Events before it of kinds that no history can say, by their type.
        package var leftOut: [String: Int] = [:]
        /// Orders that are not what they were, the first of them.
        package var differing: [OrderID] = []
        package var differingCount = 0
        /// Stocks that are not what they were, the first of them.
        package var differingStocks: [StockKey] = []
        package var differingStockCount = 0
    }

    static let pageMax = 500
    static let keptMax = 20

    let old: OrderBook
    let last: Position
    /// The stream of the acts of operators.
    let acts: StreamNumber?

    /// - Parameter event: the last event that is wanted.
    package init(_ old: OrderBook, upTo event: Position) throws {
        let end = old.engine.lastPosition
        guard event.number >= 1, event <= end else {
            throw BackupFailure(
                .badPlace, "there is no event \(event.number): the backup has 1 to \(end.number)")
        }
        self.old = old
        acts = try old.engine.streamOfActs()
        last = try Self.behindConsequences(of: event, in: old.engine)
    }

    /// What relatives of an order did in the same write cannot be had one without the other, nor units that leave one
    /// place without those that come to another, nor an order without the limit that it lowers.
    private static func behindConsequences(of event: Position, in engine: Engine) throws -> Position {
        var last = event
        var before = try engine.store.read { rows in try rows.event(at: event) }
        var isOver = false
        while !isOver {
            let page = try engine.store.read { rows in
                try rows.events(after: last, upTo: engine.lastPosition, limit: 100)
            }
            isOver = page.isEmpty
            for row in page {
                let isConsequence = row.cause != nil && !ExportWriting.firings.contains(row.type)
                guard
                    try isConsequence || row.lowersLimit || before.map({ try row.isArrival(of: $0) }) ?? false
                else {
                    isOver = true
                    break
                }
                last = row.position
                before = row
            }
        }
        return last
    }

    /// Makes the new file.
    ///
    /// - Parameters:
    ///   - path: where there is no file yet.
    ///   - history: where the history may lie meanwhile.
    package func run(
        into path: String, history: String, progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> Report {
        var report = Report(event: last)
        try count(&report)
        let output = try OutputFile(path: history)
        var settings = Export.Settings()
        settings.upToEvent = last
        report.leftOut = try Export(settings: settings).run(old, line: { try output.write($0) }).leftOut
        try output.close()
        let source = try HistoryFile(history, workflow: nil, mode: .strict)
        let new = try OrderBook.open(
            path, workflows: [], world: .standing(at: source.start ?? Moment(milliseconds: 0)))
        defer { new.close() }
        _ = try Import().run(source, into: new, progress: progress)
        try compare(with: new, &report)
        try compareStocks(with: new, &report)
        return report
    }

    /// Counts what lies behind the last event.
    private func count(_ report: inout Report) throws {
        var changed: Set<StreamNumber> = []
        let end = old.engine.lastPosition
        var position = last
        while true {
            let isMore = try old.engine.store.read { rows in
                try rows.forEachEvent(after: position, upTo: end, limit: Self.pageMax) { event in
                    position = event.position
                    report.events += 1
                    report.messages += try EventSketch(event, besides: acts).messages.count
                    guard try rows.order(number: event.stream) != nil else { return }
                    if event.stream.number > last.number {
                        if event.version == 1 { report.orders += 1 }
                    } else {
                        changed.insert(event.stream)
                    }
                } == Self.pageMax
            }
            guard isMore else { break }
        }
        report.changedOrders = changed.count
    }

    private func compare(with new: OrderBook, _ report: inout Report) throws {
        var walk = PageWalk(after: "", by: \OrderRow.id, limit: Self.pageMax)
        while let page = try walk.next({ last, limit in
            try old.engine.store.read { snapshot in try snapshot.orders(afterID: last, limit: limit) }
        }) {
            for row in page {
                let was = try old.order(row.id, asOf: .event(last))
                guard try new.order(row.id) != was else { continue }
                report.differingCount += 1
                if report.differing.count < Self.keptMax { report.differing.append(row.id) }
            }
        }
    }
}

extension EventRow {
    /// Whether a purchase limit was lowered by it: that comes behind the order that does it, and a raise before.
    var lowersLimit: Bool {
        get throws { try type == .limitChanged && StockEventBody(body).movement.quantity < 0 }
    }

    /// Whether units came to a place by it that left another one by the event before.
    fileprivate func isArrival(of departure: EventRow) throws -> Bool {
        guard type == .stockMoved, departure.type == .stockMoved else { return false }
        let (left, came) = (try StockEventBody(departure.body), try StockEventBody(body))
        return left.movement.quantity < 0 && came.movement.quantity == 0 &- left.movement.quantity
            && came.movement.key.sku == left.movement.key.sku && came.otherPlace == left.movement.key.location
            && left.otherPlace == came.movement.key.location
    }
}
