import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Groups {
    static let deleteGroup = Operation(
        "deleteGroup", .delete, "/v1/groups/{group}", "Deletes a group with its position and all that it is owed.",
        grant: Need(.admin), query: [Operation.reasonParameter],
        answers: [Operation.Answer(204, "It is gone.", nil)], problems: [.unknownGroup],
        example: Example(after: [ExampleShop.group], Example.Step(.delete, "/v1/groups/shipping"), 204),
        handler: { call throws(Problem) in
            let name = GroupName(call.path("group"))
            return try await call.act(DeleteGroup(name), because: try call.neededReason())
        })
}
