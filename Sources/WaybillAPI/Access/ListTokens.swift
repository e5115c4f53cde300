import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Tokens {
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
}
