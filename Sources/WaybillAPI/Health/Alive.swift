import WaybillAccess
import WaybillCore
import WaybillEngine

extension Health {
    static let alive = Operation(
        "alive", .get, "/healthz", "Whether the process lives.", grant: Need(.nothing),
        answers: [Operation.Answer(200, "It does.", .object([Field("alive", .boolean, isRequired: true)]))],
        example: Example(.get("/healthz"), 200, #"{"alive":true}"#),
        handler: { _ throws(Problem) in
            .json { writer in
                writer.beginObject()
                writer.member("alive", true)
                writer.endObject()
            }
        })
}
