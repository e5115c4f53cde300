import Waybill
import WaybillBroker
import WaybillCore
import WaybillEngine

/// What one answer of `/metrics` is made of, read at about one moment.
struct Numbers: Sendable {
    /// What is counted in the file is counted up to this.
    static let countMax = 10_000
    /// Topics, groups and statuses that are told apart; others have no separate lines.
    static let labelsMax = 200

    let vitals: Vitals
    let counts: EngineCounts.Numbers
    let messages: MessageCounts
    let census: OrderBook.Census
    let file: FileNumbers
    let lags: [GroupLag]
    let modules: [ModuleView]
    let intakeMax: Int
    let isDurable: Bool
    let now: Moment

    init(of book: OrderBook) throws {
        let engine = book.engine
        vitals = engine.vitalsNow
        counts = engine.counts.now
        messages = engine.messageCounts(rowsMax: Self.labelsMax * 4)
        census = try book.census()
        file = try engine.fileNumbers(upTo: Self.countMax)
        lags = try book.messages.groups().prefix(Self.labelsMax).flatMap { group -> [GroupLag] in
            // One that was just made or deleted may be in the file only, or in memory only.
            guard case .success(let lags) = try engine.lags(of: group.name, rowsMax: Self.countMax) else { return [] }
            return lags
        }
        modules = try book.moduleViews()
        intakeMax = engine.settings.intakeDepthMax
        isDurable = engine.isDurable
        now = book.now
    }
}
