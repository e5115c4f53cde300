import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Orders {
    static let followOrder = Operation(
        "followOrder", .get, "/v1/orders/{order}/stream",
        "Tells the events of an order as they come, and how it is after them.",
        grant: Need(.viewer, .orders), query: [StreamStart.parameter], headers: [.lastEventID],
        answers: [
            .stream(
                "`event` for each event, `order` after the last of them, `end` when nothing more can come; `gap` when "
                    + "the last event is not known here, `bye` when the server stops."), .nothingMore,
        ], problems: [.unknownOrder, .overloaded],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place], .get("/v1/orders/order-7/stream?after=e1"), 200,
            """
            id: e2
            event: event
            data: {"event":"e2","version":1,"type":"place","at":"2026-11-29T12:00:00Z","caller":"owner","key":"cart-42",
             "cause":null,"trace":null,"by":"buyer",
            """, isBeginning: true),
        handler: follow)

    private static func follow(_ call: Call) async throws(Problem) -> Reply {
        let id = OrderID(call.path("order"))
        let start = try StreamStart.read(call)
        let position: Position? =
            switch start {
            case .after(let position): position
            case .now, .unknown: nil
            }
        // What comes after this read wakes the stream.
        let last = call.book.book.engine.lastPosition
        let found = try await call.book.read { book in
            try book.place(in: id, at: position).map { (place: $0, order: try book.order(id)) }
        }
        guard let (place, order) = found, let order else { throw Problem(.unknownOrder(id)) }
        let isNew = start == .now || position.map { _ in place.version >= order.version } ?? false
        if order.hasEnded, isNew { return .nothing }
        let source = OrderSource(call.book, id, from: start, version: place.version, last: last)
        return .stream(try EventStream(call, .stream(place.stream)) { try await source.read() })
    }
}

/// The events of one order, and how it is after them, as a stream tells them.
private final class OrderSource: Sendable {
    /// Events that are read at a time.
    private static let pageMax = 64

    private struct State {
        /// The version up to which events are told.
        var version: Int64
        /// Whether how the order is has not been told since its last event was.
        var isOwed = false
        /// What comes before anything else.
        var first: [EventStream.Item]
        /// From where the stream goes on that begins with how the order is; nil: it begins with events.
        var begin: Position?
    }

    private let book: ServedBook
    private let id: OrderID
    private let place: Place<State>

    init(_ book: ServedBook, _ id: OrderID, from start: StreamStart, version: Int64, last: Position) {
        self.book = book
        self.id = id
        switch start {
        case .now: place = Place(State(version: 0, first: [], begin: last))
        case .after: place = Place(State(version: version, first: [], begin: nil))
        case .unknown(let asked):
            place = Place(State(version: 0, first: [.gap(after: asked, at: last)], begin: last))
        }
    }

    func read() async throws -> EventStream.News {
        if place.value.begin != nil { return try await begin() }
        let version = place.value.version
        let (events, links) = try await book.unbounded { [id] book in
            let events = try book.details(of: id, after: version, limit: Self.pageMax) ?? []
            return (events, try Orders.links(of: events, in: book))
        }
        var news = EventStream.News(hasMore: events.count == Self.pageMax)
        for event in events {
            let item = EventStream.Item("event", id: Text(event.position.text)) {
                $0.event(event, link: links[event.position])
            }
            news.items.append(item)
            place.value.version = event.version
            place.value.isOwed = true
            guard news.items.bytes < EventStream.bytesAtATime else {
                news.hasMore = true
                break
            }
        }
        guard !news.hasMore, place.value.isOwed, let (order, item) = try await order() else { return news }
        // One that has moved on is told after its further events.
        guard order.version == place.value.version else {
            news.hasMore = true
            return news
        }
        place.value.isOwed = false
        news.items.append(item)
        news.isOver = order.hasEnded
        return news
    }

    /// How it is now; its events up to then are not told.
    private func begin() async throws -> EventStream.News {
        let (first, last) = (place.value.first, place.value.begin)
        guard let (order, item) = try await order(at: last) else { return EventStream.News(items: first, isOver: true) }
        place.value = State(version: order.version, first: [], begin: nil)
        return EventStream.News(items: first + [item], hasMore: true, isOver: order.hasEnded)
    }

    private func order(at position: Position? = nil) async throws -> (OrderView, EventStream.Item)? {
        try await book.unbounded { [id] book in
            guard let order = try book.order(id) else { return nil }
            let (calls, isAtRest) = (try book.calls(of: id) ?? [], try book.isAtRest(id))
            let item = EventStream.Item("order", id: position.map { Text($0.text) }) {
                $0.order(order, calls: calls, isAtRest: isAtRest)
            }
            return (order, item)
        }
    }
}
