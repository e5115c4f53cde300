import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Overview {
    static let followOverview = Operation(
        "followOverview", .get, "/v1/overview/stream",
        "Tells how the shop is, when something has changed, at most once a second.", grant: Need(.viewer),
        answers: [.stream("`vitals`, as `/v1/overview` shows them; `bye` when the server stops.")],
        problems: [.overloaded],
        example: Example(
            after: [ExampleShop.stock], .get("/v1/overview/stream"), 200,
            #"""
            event: vitals
            data: {"at":"2026-11-29T12:00:00Z","event":"e1","word":"ok","writes":1,
            """#, isBeginning: true),
        handler: { call throws(Problem) in
            let served = call.served
            let told = Place<[UInt8]>([])
            return .stream(
                try EventStream(call, .nothing, pace: .seconds(1)) { [weak served] in
                    guard let served else { return EventStream.News(isOver: true) }
                    // What is told is compared without its time.
                    let census = try await served.census.now(of: served.book)
                    let now = JSONWriter.bytes { $0.overview(served, census, at: nil) }
                    guard now != told.value else { return EventStream.News() }
                    told.value = now
                    let item = EventStream.Item("vitals") { $0.overview(served, census, at: served.book.now) }
                    return EventStream.News(items: [item])
                })
        })
}
