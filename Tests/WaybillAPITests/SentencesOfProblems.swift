import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// What problems say: which rule, by name, and what would help.
@Suite struct `The sentence of a problem` {
    private func detail(_ reply: Reply) throws -> String {
        try #require(try JSON(reading: reply.body)["detail"]?.asText, "\(reply.text)")
    }

    @Test func `names the timeout that is not pending`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        let reply = await shop.send(
            .init(post: "/v1/orders/order-7/timeouts/nope/cancel", #"{"reason":"a test"}"#))
        let problem = try JSON(reading: reply.body)
        #expect(problem["detail"]?.asText == "no timeout nope is pending for the order order-7")
        #expect(problem["values"]?["timeout"]?.asText == "nope")
        #expect(problem["values"]?["order"]?.asText == "order-7")
    }

    @Test func `says that an order was not there yet`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        for view in ["", "/history", "/why"] {
            let time = await shop.send(.init(get: "/v1/orders/order-7\(view)?at=2026-11-29T11:00:00Z"))
            #expect(try detail(time) == "there was no order order-7 at 2026-11-29T11:00:00Z", "\(view)")
            let event = await shop.send(.init(get: "/v1/orders/order-7\(view)?at_event=e1"))
            #expect(try detail(event) == "there was no order order-7 at e1", "\(view)")
        }
    }

    @Test(arguments: [
        (#"{"quantity":1.5}"#, "quantity: expected an integer, without a fraction or an exponent"),
        (#"{"quantity":9007199254740992}"#, "quantity: the number is beyond 9007199254740991"),
    ])
    func `of a number says what number it may be`(body: String, sentence: String) async throws {
        let shop = try APIShop(workflows: [])
        #expect(try detail(await shop.send(.init(post: "/v1/stock/mug/receive", body))) == sentence)
    }

    @Test func `of an amount says what amounts are`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        let pay = Example.Step(
            .post, "/v1/orders/order-7/commands/pay", [(.role, "payments")],
            body: #"{"payment":"p-1","channel":"card","amount_cents":24.00}"#)
        #expect(try detail(await shop.send(pay)).hasSuffix("amounts are integers of minor units (cents)"))
    }

    @Test func `of an order is about the field that is wrong`() async throws {
        let shop = try APIShop()
        for (field, value) in [("id", #""id":"""#), ("command", #""id":"a","command":"""#)] {
            let place = Example.Step(
                .post, "/v1/orders", [(.idempotencyKey, field), (.role, "buyer")],
                body: #"{\#(value),"workflow":"standard-order","data":{}}"#)
            #expect(try detail(await shop.send(place)) == "\(field): the text is empty")
        }
        let role = Example.Step(.post, "/v1/orders/order-7/commands/pay", [(.role, "")], body: "{}")
        #expect(await shop.send(role).code == "role_missing")
    }

    @Test(arguments: [
        ("0s", "expires_in: 0s is not possible; a token is good for 1ms to 366d"),
        ("-5s", "expires_in: -5s is not possible; a token is good for 1ms to 366d"),
        ("367d", "expires_in: 367d is not possible; a token is good for 1ms to 366d"),
    ])
    func `of a token says how long it may be good for`(lasts: String, sentence: String) async throws {
        let body = #"{"name":"a","grants":["viewer"],"expires_in":"\#(lasts)","reason":"a test"}"#
        #expect(try detail(await APIShop(workflows: []).send(.init(post: "/v1/tokens", body))) == sentence)
    }

    @Test(arguments: ["owner", "open", "waybill", "$call", "job 7"])
    func `of a token says that its name is taken by the server's own acts`(name: String) async throws {
        let shop = try APIShop(workflows: [])
        let body = #"{"name":"\#(name)","grants":["viewer"],"reason":"a test"}"#
        let refused = await shop.send(.init(post: "/v1/tokens", body))
        #expect(refused.code == "bad_data" && refused.text.contains("choose another name"), "\(refused.text)")
        let like = body.replacing("\"\(name)\"", with: "\"\(name) desk\"").replacing("\"$", with: "\"")
        #expect(await shop.send(.init(post: "/v1/tokens", like)).status == 201)
    }

    @Test func `of a query tells a name that is missing, and a plus that was a blank`() async throws {
        let shop = try APIShop(workflows: [])
        #expect(try detail(await shop.send(.init(get: "/v1/orders?=1"))).hasPrefix("a parameter has no name; "))
        let time = await shop.send(.init(get: "/v1/orders/a?at=2026-11-29T12:00:00+08:00"))
        #expect(try detail(time).hasSuffix("; a + is sent as %2B"))
    }

    @Test func `of a body says that none is taken, or that its type is missing`() async throws {
        let shop = try APIShop(workflows: [])
        let none = await shop.send(Example.Step(.get, "/v1/stock", [(.contentLength, "2")]))
        #expect(none.status == 413)
        #expect(try detail(none) == "listStock takes no body; send the request without one")
        let untyped = await shop.send(Example.Step(.post, "/v1/stock/mug/receive", [(.contentLength, "14")]))
        #expect(untyped.status == 415)
        #expect(try detail(untyped) == "the body has no Content-Type; application/json is taken")
    }

    @Test func `has a code that is one word, the same for both faces`() {
        for part in MessageFlaw.Part.allCases {
            let refusal = MessageRefusal.flawed(MessageFlaw(part, "a test"))
            // Over HTTP `bad_key` is about Idempotency-Key.
            let code = part == .key ? "bad_message_key" : refusal.code
            #expect(code == ProblemCode(refusal).rawValue && !code.contains("-"), "\(code)")
        }
    }

    @Test func `of a role that is missing says so`() {
        let refusal = Refusal.wrongRole("pay", role: "", allowed: ["payments"])
        #expect(refusal.message == "pay may be sent by payments, not without a role")
    }

    @Test func `of a probe has one word for why`() async throws {
        let shop = try APIShop(workflows: [])
        #expect(await shop.send(.init(get: "/readyz")).status == 200)
        for (state, reason) in [(ServingState.stopping, "stopping"), (.stopped("no space"), "stopped")] {
            shop.api.served.become(state)
            let reply = await shop.send(.init(get: "/readyz"))
            #expect(reply.status == 503 && reply.text.contains("\"reason\":\"\(reason)\""), "\(reply.text)")
        }
    }
}
