import WaybillAccess
import WaybillCore
import WaybillEngine

extension Health {
    static let version = Operation(
        "version", .get, "/version", "Which program serves.", grant: Need(.nothing),
        answers: [
            Operation.Answer(
                200, "The version.",
                .object([
                    Field("version", .text(), isRequired: true),
                    Field("schema", .integer(), "Of the file.", isRequired: true),
                    Field("sqlite", .text(), isRequired: true),
                ]))
        ],
        example: Example(
            .get("/version"), 200,
            """
            {"version":"\(Release.version)","schema":\(Engine.schemaVersion),"sqlite":"\(Engine.sqliteVersion)"}
            """),
        handler: { call throws(Problem) in
            .json { writer in
                writer.beginObject()
                writer.member("version", Text(call.served.settings.version))
                writer.member("schema", Int64(Engine.schemaVersion))
                writer.member("sqlite", Text(Engine.sqliteVersion))
                writer.endObject()
            }
        })
}
