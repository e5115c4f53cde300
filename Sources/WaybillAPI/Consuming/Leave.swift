import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension Consuming {
    static let leave = Operation(
        "leave", .post, "/v1/groups/{group}/leave",
        "Says that a client goes: what it has not acknowledged is given to others soon.",
        grant: Need(.consumer(group: "group")),
        body: .fields(
            [Field("client", .text(bytesMax: 255), "The consumer's own name.", isRequired: true)],
            bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(204, "It has gone.", nil)], problems: [.unknownGroup],
        example: Example(
            after: [ExampleShop.group],
            Example.Step(.post, "/v1/groups/shipping/leave", body: #"{"client":"shipper-3"}"#), 204),
        handler: { call throws(Problem) in
            let (group, client) = (GroupName(call.path("group")), try call.fields().needed("client", bytesMax: 255))
            try await call.book.submit(Leave(group, client: client), until: call.end)
            return .nothing
        })
}
