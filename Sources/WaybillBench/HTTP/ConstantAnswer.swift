import WaybillAPI
import WaybillAccess
import WaybillCore

/// An operation that reads all that placing an order reads, and answers at once: what a placement costs besides the
/// engine.
enum ConstantAnswer {
    static let path: StaticString = "/v1/constant"

    static let operation = Operation(
        "constant", .post, "/v1/constant", "Reads an order and answers a constant.", grant: Need(.orders),
        key: .required,
        body: .fields(
            [
                Field("id", .text(bytesMax: 256)), Field("workflow", .text(bytesMax: 256), isRequired: true),
                Field("command", .text(bytesMax: 256)), Field("data", .anyObject),
            ], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(201, "Nothing was placed.", nil)],
        example: Example(Example.Step(.post, "/v1/constant"), 201), handler: answer)

    private static func answer(_ call: Call) async throws(Problem) -> Reply {
        let fields = try call.fields()
        _ = try fields.needed("workflow", bytesMax: 256)
        _ = try fields.text("command", bytesMax: 256)
        let id = try fields.text("id", bytesMax: 256) ?? ""
        let data = fields.json("data") ?? []
        let role = try call.role()
        guard !data.isEmpty, role?.isEmpty == false, call.key != nil, try call.lane().isEmpty, call.trace == nil else {
            throw Problem(.badRequest, "it is not the order of the benchmark")
        }
        return .json(201, headers: [("etag", "\"1\""), ("location", "/v1/orders/\(id)")]) { writer in
            writer.beginObject()
            writer.member("order", id)
            writer.member("version", Int64(1))
            writer.member("status", "awaiting payment")
            writer.member("repeated", false)
            writer.endObject()
        }
    }
}
