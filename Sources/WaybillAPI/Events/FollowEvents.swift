import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Events {
    static let followEvents = Operation(
        "followEvents", .get, "/v1/events/stream", "Tells the events of the whole journal as they come.",
        grant: Need(.viewer), query: [StreamStart.parameter], headers: [.lastEventID],
        answers: [
            .stream("`event` for each event; `gap` when the last one is not known here, `bye` when the server stops.")
        ], problems: [.overloaded],
        example: Example(
            after: [ExampleShop.stock], .get("/v1/events/stream?after=e0"), 200,
            #"""
            id: e1
            event: event
            data: {"kind":"stock","sku":"mug","location":"","event":"e1","version":1,"type":"$receive",
             "at":"2026-11-29T12:00:00Z","caller":"owner","key":"delivery-1","quantity":100,"note":"delivery 1"}
            """#, isBeginning: true),
        handler: { call throws(Problem) in
            let start = try StreamStart.read(call)
            let source = JournalSource(call.served, from: start, seesActs: call.seesActs)
            return .stream(try EventStream(call, .all) { try await source.read() })
        })
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
