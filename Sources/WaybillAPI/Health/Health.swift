import WaybillAccess
import WaybillCore

/// Whether the server lives, takes work, and which one it is.
enum Health {
    static let operations: [Operation] = [alive, ready, version, whoAmI, openAPI, problem]

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

    static let version = Operation(
        "version", .get, "/version", "Which program serves.", grant: Need(.nothing),
        answers: [Operation.Answer(200, "The version.", .object([Field("version", .text(), isRequired: true)]))],
        example: Example(.get("/version"), 200, #"{"version":"1"}"#),
        handler: { call throws(Problem) in
            .json { writer in
                writer.beginObject()
                writer.member("version", Text(call.served.settings.version))
                writer.endObject()
            }
        })
}
