import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Operations {
    static let showOperation = Operation(
        "showOperation", .get, "/v1/operations/{operation}", "Shows an operation and how far it came.",
        grant: Need(.viewer), answers: [Operation.Answer(200, "The operation.", schema)],
        problems: [.unknownOperation],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place, changeStep], .get("/v1/operations/o1"), 200, shown),
        handler: { call throws(Problem) in
            let job = try await job(of: call)
            return .json { $0.operation(job) }
        })
}
