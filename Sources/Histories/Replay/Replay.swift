package import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// Replays a file: folds every order from its events and compares with what is stored; decides every event again from
/// what was asked and compares with what was written. Reads in pages, so memory stays flat.
package struct Replay {
    package struct Settings: Sendable {
        /// Events read at a time.
        package var pageMax = 1_000
        /// Orders held in memory at a time.
        package var openMax = 20_000
        /// Differences that are kept with their place.
        package var findingsMax = 20
        /// Times the work; only its uptime is asked.
        package var world = World.system

        package init() {}
    }

    private let engine: Engine
    private let settings: Settings

    package init(_ book: OrderBook, settings: Settings = Settings()) {
        engine = book.engine
        self.settings = settings
    }

    /// Folds every stream, and compares orders with their rows.
    package func fold(progress: (Int, Int) -> Void = { _, _ in }) throws -> Pass {
        let start = settings.world.uptime()
        var fold = JournalFold(
            engine, pageMax: settings.pageMax, openMax: settings.openMax,
            visitor: FoldAlone(findingsMax: settings.findingsMax))
        try fold.run(progress: progress)
        return Pass(
            events: fold.eventCount, orders: fold.orderCount, stocks: fold.stockCount, otherSemantics: 0,
            milliseconds: settings.world.uptime().since(start), findings: fold.visitor.findings)
    }

    /// Decides every event of every order again. It has to fold as well, so the time is that of both.
    package func decide(progress: (Int, Int) -> Void = { _, _ in }) throws -> Pass {
        let start = settings.world.uptime()
        var fold = JournalFold(
            engine, pageMax: settings.pageMax, openMax: settings.openMax,
            visitor: DecideAgain(findingsMax: settings.findingsMax))
        try fold.run(progress: progress)
        return Pass(
            events: fold.visitor.decidedCount, orders: fold.orderCount, stocks: fold.stockCount,
            otherSemantics: fold.visitor.otherSemanticsCount,
            milliseconds: settings.world.uptime().since(start), findings: fold.visitor.findings)
    }

    /// Folds stock from the movements in the journal, and compares with the stock rows.
    package func foldStock(progress: (Int, Int) -> Void = { _, _ in }) throws -> Pass {
        let start = settings.world.uptime()
        var check = StockCheck(engine, findingsMax: settings.findingsMax)
        try check.run(progress: progress)
        return Pass(
            events: check.movementCount, orders: 0, stocks: check.stockCount, otherSemantics: 0,
            milliseconds: settings.world.uptime().since(start), findings: check.findings)
    }

    /// What one way through the journal came to.
    package struct Pass: Sendable, Codable {
        /// Events folded, events decided, or stock movements.
        package var events: Int
        package var orders: Int
        package var stocks: Int
        /// Events that were not decided again, because this release does not know the rules of then.
        package var otherSemantics: Int
        package var milliseconds: Int64
        package var differences: Int
        /// The first differences, with their places.
        package var first: [FileFinding]

        init(
            events: Int, orders: Int, stocks: Int, otherSemantics: Int, milliseconds: Int64, findings: FileFindings
        ) {
            self.events = events
            self.orders = orders
            self.stocks = stocks
            self.otherSemantics = otherSemantics
            self.milliseconds = milliseconds
            differences = findings.count
            first = findings.first
        }

        package var eventsPerSecond: Double { Double(events) * 1_000 / Double(max(1, milliseconds)) }
    }
}

extension Interval {
    fileprivate func since(_ earlier: Interval) -> Int64 { milliseconds - earlier.milliseconds }
}
