import WaybillAccess
import WaybillCore

extension Health {
    static let whoAmI = Operation(
        "whoAmI", .get, "/v1/me", "Tells whose token this is and what it allows.", grant: Need(.token),
        answers: [
            Operation.Answer(
                200, "Who asks.",
                .object([
                    Field("name", .text(), "How the journal names it.", isRequired: true),
                    Field("token", .nullable(.text()), "The token's id.", isRequired: true),
                    Field("grants", .array(.text(), countMax: 1_000), "What it allows.", isRequired: true),
                ]))
        ],
        example: Example(.get("/v1/me"), 200, #"{"name":"owner","token":null,"grants":["admin","payload"]}"#),
        handler: { call throws(Problem) in
            .json { writer in
                writer.beginObject()
                writer.member("name", call.principal.name)
                writer.key("token")
                if let token = call.principal.token { writer.text(token) } else { writer.null() }
                writer.members("grants", call.principal.grants) { $0.text($1.text) }
                writer.endObject()
            }
        })
}
