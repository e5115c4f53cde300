import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine
import WaybillPages

@Suite struct `Signing in` {
    @Test func `is asked for, and leads on to the page that was wanted`() async throws {
        let shop = try PageShop()
        let reply = await shop.get("/orders?status=closed", cookie: "")
        #expect(reply.status == 303)
        #expect(reply.header("location") == "/sign-in?to=%2Forders%3Fstatus%3Dclosed")
        let token = try await shop.token("viewer")
        let signedIn = await shop.post("/sign-in", "to=%2Forders&secret=\(token)", cookie: "")
        #expect(signedIn.header("location") == "/orders")
        let away = await shop.post("/sign-in", "to=%2F%2Fevil.example&secret=\(token)", cookie: "")
        #expect(away.header("location") == "/")
    }

    @Test func `gives a cookie that no script reads and no other site sends`() async throws {
        let shop = try PageShop()
        let token = try await shop.token("viewer")
        let reply = await shop.post("/sign-in", "secret=\(token)", cookie: "")
        let cookie = reply.header("set-cookie") ?? ""
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"))
        #expect(!cookie.contains("wb-"))
    }

    @Test func `ends when the token is revoked`() async throws {
        let shop = try PageShop()
        let cookie = try await shop.session("viewer")
        #expect(await shop.get("/orders", cookie: cookie).status == 200)
        let id = shop.api.served.tokens.all.first?.id.string ?? ""
        try await shop.send("POST", "/v1/tokens/\(id)/revoke", #"{"reason":"lost"}"#)
        #expect(await shop.get("/orders", cookie: cookie).status == 303)
    }

    @Test func `ends after an hour without a request, and when it is asked to`() async throws {
        let shop = try PageShop()
        let first = try await shop.session("viewer")
        shop.clock.advance(by: .minutes(61))
        #expect(await shop.get("/orders", cookie: first).status == 303)
        let second = try await shop.session("viewer")
        _ = await shop.post("/sign-out", "", cookie: second)
        #expect(await shop.get("/orders", cookie: second).status == 303)
    }

    @Test func `takes the printed code once, and not after a quarter of an hour`() async throws {
        let shop = try PageShop()
        #expect(await shop.signIn("wrong-code-here-now") == "")
        let cookie = await shop.signIn(shop.code.text)
        #expect(await shop.get("/access", cookie: cookie).status == 200)
        #expect(await shop.signIn(shop.code.text) == "")
        let late = try PageShop()
        late.clock.advance(by: .minutes(16))
        #expect(await late.signIn(late.code.text) == "")
    }

    @Test func `waits after ten failures from one address, not from another`() async throws {
        let shop = try PageShop()
        for _ in 0..<10 { #expect(await shop.post("/sign-in", "secret=x", cookie: "").status == 401) }
        let token = try await shop.token("viewer")
        #expect(await shop.post("/sign-in", "secret=\(token)", cookie: "").status == 429)
        #expect(await shop.post("/sign-in", "secret=\(token)", cookie: "", address: "5.6.7.8").status == 303)
        shop.clock.advance(by: .minutes(2))
        #expect(await shop.post("/sign-in", "secret=\(token)", cookie: "").status == 303)
    }

    @Test func `is written in the audit, with failures, and without a secret`() async throws {
        let shop = try PageShop()
        let token = try await shop.token("viewer")
        _ = await shop.signIn("guess-guess")
        _ = await shop.signIn(token)
        let audit = try await shop.send("GET", "/v1/audit").text
        #expect(audit.contains("$sign_in_failures") && audit.contains("$signed_in"))
        #expect(!audit.contains("guess-guess") && !audit.contains(token))
    }
}

@Suite struct `A page` {
    @Test func `has nothing inline, and says so to the browser`() async throws {
        let shop = try PageShop()
        try await shop.placeOrder()
        let cookie = await shop.signIn(shop.code.text)
        for target in ["/", "/orders", "/orders/order-7", "/orders/order-7/why", "/timeouts", "/access", "/health"] {
            let reply = await shop.get(target, cookie: cookie)
            #expect(reply.status == 200, "\(target)")
            let policy = reply.header("content-security-policy") ?? ""
            #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("unsafe"))
            #expect(!reply.text.contains(" style=") && !reply.text.contains(" onclick"))
            #expect(!reply.text.contains("<style") && !reply.text.contains("<script>"))
        }
    }

    @Test func `shows hostile names as text`() async throws {
        let shop = try PageShop()
        let name = "<script>alert(1)</script>\u{202E}"
        try await shop.placeOrder("order-8", sku: name, buyer: name)
        let cookie = await shop.signIn(shop.code.text)
        for target in ["/orders", "/orders/order-8", "/stock", "/timeouts", "/messages?key=order-8"] {
            let reply = await shop.get(target, cookie: cookie)
            #expect(reply.status == 200, "\(target)")
            #expect(!reply.text.contains("<script>alert") && !reply.text.contains("\u{202E}"), "\(target)")
        }
    }

    @Test func `tells a viewer everything and offers no act`() async throws {
        let shop = try PageShop()
        try await shop.placeOrder()
        let cookie = try await shop.session("viewer")
        let targets = [
            "/", "/orders", "/orders/order-7", "/orders/order-7/why", "/timeouts", "/stock", "/stock/mug", "/topics",
            "/topics/order", "/messages?key=order-7", "/dead-letters", "/half-messages", "/workflows",
            "/workflows/standard-order", "/operations", "/health",
        ]
        for target in targets {
            let reply = await shop.get(target, cookie: cookie)
            #expect(reply.status == 200, "\(target)")
            // The one form that sends something is the one that signs out.
            #expect(reply.text.ranges(of: "method=\"post\"").count == 1, "\(target)")
            for act in [
                "/timeouts/change", "/commands/", "/order-7/timeouts/", "/stock-change", "/look-back", "/revoke",
            ] {
                #expect(!reply.text.contains("href=\"\(act)") && !reply.text.contains("\(act)\""), "\(target) \(act)")
            }
            #expect(!reply.text.contains("href=\"/audit\"") && !reply.text.contains("href=\"/access\""))
        }
    }

    @Test(arguments: [
        ("/timeouts/change/preview", "status=awaiting%20payment&name=pay_due&by=15m&reason=x"),
        ("/orders/order-7/timeouts/pay_due/preview", "action=cancel&reason=x"),
        ("/orders/order-7/commands/pay/preview", "role=payments&data=%7B%7D"), ("/timeouts/hold", "reason=x"),
        ("/stock-change/preview", "sku=mug&what=receive&units=5&reason=x"),
        ("/access/new", "name=a&grants=admin&reason=x"),
    ])
    func `takes no act from a viewer`(target: String, form: String) async throws {
        let shop = try PageShop()
        try await shop.placeOrder()
        let cookie = try await shop.session("viewer")
        let before = shop.book.engine.lastPosition
        #expect(await shop.post(target, form, cookie: cookie).status == 403)
        #expect(shop.book.engine.lastPosition == before)
    }

    @Test func `takes no form from a page of another site`() async throws {
        let shop = try PageShop()
        let cookie = try await shop.session("operator")
        let before = shop.book.engine.lastPosition
        let reply = await shop.post("/timeouts/hold", "reason=x", cookie: cookie, isOfThisOrigin: false)
        #expect(reply.status == 403)
        #expect(shop.book.engine.lastPosition == before)
    }
}
