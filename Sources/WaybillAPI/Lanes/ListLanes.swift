import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension Lanes {
    static let listLanes = Operation(
        "listLanes", .get, "/v1/lanes", "Lists the lanes in which messages were sent, by name.",
        grant: Need(.viewer), query: PageRequest.parameters,
        answers: [
            Operation.Answer(
                200, "A page.",
                .page(
                    .object([
                        Field("name", .text(), isRequired: true),
                        Field("topics", .array(.text(), countMax: 10_000), isRequired: true),
                        Field("closed", .boolean, isRequired: true),
                        Field(
                            "served_in", .array(.text(), countMax: 10_000),
                            "Groups in which consumers of the lane read it; in all others those of the base get it.",
                            isRequired: true),
                    ])))
        ], problems: [.badCursor],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.laneMessage], .get("/v1/lanes"), 200,
            #"{"items":[{"name":"blue","topics":["ledger"],"closed":false,"served_in":[]}],"next":null,"as_of":"e1"}"#),
        handler: { call throws(Problem) in
            let page = try PageRequest(call, of: "lanes")
            let after = page.after?.first
            let lanes = try await call.messages { try $0.lanes() }
            let rest = lanes.filter { lane in after.map { lane.name > $0 } ?? true }
            return page.reply(ofRest: rest, at: { [$0.name] }) { $0.lane($1) }
        })
}
