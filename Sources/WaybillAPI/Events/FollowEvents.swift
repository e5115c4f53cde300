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
