import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Operations on the whole journal.
enum Events {
    static let operations: [Operation] = [listEvents, followEvents]
}

extension Call {
    /// Whether acts of operators are shown: the audit is for operators too.
    var seesActs: Bool { principal.may(Need(.operator)) { _ in nil } }
}

extension OrderBook.JournalEvent {
    /// Whether it is an act of an operator, or what the engine tells of itself.
    var isAct: Bool {
        switch self {
        case .order, .stock: false
        case .audit: true
        }
    }
}

/// The journal after a position, as a stream tells it.
private final class JournalSource: Sendable {
    private let served: Served
    private let seesActs: Bool
    /// Where it is, and what comes before anything else.
    private let place: Place<(position: Position, first: [EventStream.Item])>

    init(_ served: Served, from start: StreamStart, seesActs: Bool) {
        self.served = served
        self.seesActs = seesActs
        let last = served.book.book.engine.lastPosition
        switch start {
        case .now: place = Place((last, [.position(last)]))
        case .after(let position): place = Place((position, []))
        case .unknown(let asked): place = Place((last, [.gap(after: asked, at: last)]))
        }
    }

    func read() async throws -> EventStream.News {
        let (position, first) = place.value
        guard first.isEmpty else {
            place.value.first = []
            return EventStream.News(items: first, hasMore: true)
        }
        var (news, end) = try await served.tail.news(after: position, in: served.book)
        place.value.position = end
        if !seesActs { news.items.removeAll(where: \.isAct) }
        return news
    }
}
