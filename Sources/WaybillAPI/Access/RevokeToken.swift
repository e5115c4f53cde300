import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Tokens {
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
            call.served.polls.end(token: token.id)
        }
        return .given(given, 200, revoked)
    }

    private static func revoked(_ writer: inout JSONWriter, _ kept: KeptToken?) {
        guard let kept, let token = AccessToken(kept) else { return writer.null() }
        writer.token(token, secret: nil)
    }
}
