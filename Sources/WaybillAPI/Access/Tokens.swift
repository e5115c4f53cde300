import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Operations on tokens.
enum Tokens {
    static let operations: [Operation] = [createToken, listTokens, revokeToken]

    static let createToken = Operation(
        "createToken", .post, "/v1/tokens", "Makes a token; it is shown in this answer and never again.",
        grant: Need(.admin), key: .taken,
        body: .fields(
            [
                Field("name", .text(bytesMax: 255), "How the journal names its requests.", isRequired: true),
                Field(
                    "grants", .array(.anyOf([.text(), .map(.array(.text(), countMax: 100))]), countMax: 100),
                    "Each as `orders:buyer,seller` or as `{\"orders\":[\"buyer\",\"seller\"]}`.", isRequired: true),
                Field("expires_in", .duration, "How long it is good for; 90 days unless said."),
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
        let (token, text) = new.new(call.book, by: call.principal.name)
        let origin = call.origin(because: token.reason)
        // The secret is stored nowhere: a repeat gets the answer without it.
        let given = try await call.book.ask { book in
            try await book.engine.keep(token.kept, by: origin) { Reply.form(token) { $0.token($1, secret: nil) } }
        }
        if case .now = given { call.served.tokens.put(token) }
        return .given(given, 201) { writer, _ in writer.token(token, secret: text.text) }
    }

    static let listTokens = Operation(
        "listTokens", .get, "/v1/tokens", "Lists tokens without their secrets, by id.",
        grant: Need(.admin), query: PageRequest.parameters,
        answers: [Operation.Answer(200, "A page.", .page(.named("Token")))], problems: [.badCursor],
        example: Example(.get("/v1/tokens"), 200, #"{"items":[],"next":null,"as_of":"e0"}"#),
        handler: { call throws(Problem) in
            let page = try PageRequest(call, of: "tokens")
            let after = page.after?.first ?? ""
            let rest = call.served.tokens.all.filter { $0.id > after }
            return page.reply(ofRest: rest, at: { [$0.id] }) { $0.token($1, secret: nil) }
        })

    static let revokeToken = Operation(
        "revokeToken", .post, "/v1/tokens/{token}/revoke", "Revokes a token: it opens nothing from now on.",
        grant: Need(.admin), key: .taken,
        body: .fields([Operation.reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "Revoked.", .named("Token"))], problems: [.unknownToken],
        example: Example(
            after: [
                Example.Step(
                    .post, "/v1/tokens", body: #"{"name":"shop-web","grants":["viewer"],"reason":"first shop"}"#)
            ],
            Example.Step(.post, "/v1/tokens/ffpmtltnmpgbvlbp/revoke", body: #"{"reason":"it was lost"}"#), 200,
            """
            {"id":"ffpmtltnmpgbvlbp","name":"shop-web","grants":["viewer"],"created_at":"2026-11-29T12:00:00Z",
             "created_by":"owner","reason":"first shop","expires_at":"2027-02-27T12:00:00Z",
             "revoked_at":"2026-11-29T12:00:00Z","last_used_on":null}
            """),
        handler: revoke)

    private static func revoke(_ call: Call) async throws(Problem) -> Reply {
        let id = call.path("token")
        let origin = call.origin(because: try call.neededReason(try call.fields()))
        guard call.served.tokens.all.contains(where: { $0.id == id }) else {
            throw Problem(.unknownToken, "there is no token \(id)").with(["token": .text(id.string)])
        }
        let given = try await call.book.ask { book in
            try await book.engine.revokeAccessToken(id, by: origin) { kept in Reply.form(kept, revoked) }
        }
        if case .now(let kept?) = given, let token = AccessToken(kept) {
            call.served.tokens.put(token)
            call.served.streams.end(token: token.id)
        }
        return .given(given, 200, revoked)
    }

    private static func revoked(_ writer: inout JSONWriter, _ kept: KeptToken?) {
        guard let kept, let token = AccessToken(kept) else { return writer.null() }
        writer.token(token, secret: nil)
    }
}
