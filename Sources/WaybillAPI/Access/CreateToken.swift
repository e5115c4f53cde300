import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Tokens {
    static let createToken = Operation(
        "createToken", .post, "/v1/tokens", "Makes a token; it is shown in this answer and never again.",
        grant: Need(.admin), key: .taken,
        body: .fields(
            [
                Field("name", .text(bytesMax: 255), "How the journal names its requests.", isRequired: true),
                Field(
                    "grants", .array(.anyOf([.text(), .map(.array(.text(), countMax: 100))]), countMax: 100),
                    "Each as `orders:buyer,seller` or as `{\"orders\":[\"buyer\",\"seller\"]}`.", isRequired: true),
                Field("expires_in", .duration, "How long it is good for; by default 90 days."),
                Field("rocketmq", .boolean, "Whether the answer has a pair of keys for RocketMQ clients too."),
                Operation.reason,
            ], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(201, "Made.", .named("NewToken"))], problems: [.badData, .limit],
        example: Example(
            Example.Step(
                .post, "/v1/tokens",
                body: #"{"name":"shop-web","grants":["orders:buyer,seller"],"reason":"first shop"}"#), 201,
            """
            {"id":"ffpmtltnmpgbvlbp",
             "token":"wb-ffpmtltnmpgbvlbp-inp4x2y3yyfsw4zcg2zr42qwb3tmva4o4o5o67c7mkujug7vaoxui",
             "name":"shop-web","grants":["orders:buyer,seller"],"created_at":"2026-11-29T12:00:00Z",
             "created_by":"owner","reason":"first shop","expires_at":"2027-02-27T12:00:00Z","revoked_at":null,
             "last_used_on":null}
            """),
        handler: create)

    private static func create(_ call: Call) async throws(Problem) -> Reply {
        let fields = try call.fields()
        let new = try NewToken(
            name: try fields.needed("name"), grants: try fields.grants("grants", countMax: 100),
            lasts: try fields.duration("expires_in") ?? .days(90), reason: try call.neededReason(fields),
            mayOmitReason: call.principal.isOwner)
        let hasKeys = try fields.bool("rocketmq") ?? false
        let (token, text) = new.new(call.book, by: call.principal.name)
        let origin = call.origin(because: token.reason)
        // The secret is stored nowhere: a repeat gets the answer without it.
        let given = try await call.book.ask { book in
            try await book.engine.keep(token.kept, by: origin) { Reply.form(token) { $0.token($1, secret: nil) } }
        }
        if case .now = given { call.served.tokens.put(token) }
        let fileKey = call.book.key(for: RocketMQSecret.purpose)
        let signing = RocketMQSecret.key(ofToken: token.id, createdAt: token.createdAt, fileKey: fileKey)
        return .given(given, 201) { writer, _ in
            writer.token(token, secret: text.text, signing: hasKeys ? signing : nil)
        }
    }
}
