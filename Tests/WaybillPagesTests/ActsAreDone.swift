import Testing
import WaybillAPI
import WaybillCore
import WaybillPages

@Suite struct `An act on a page` {
    @Test func `extends one timeout: the journal has it with who and why`() async throws {
        let shop = try PageShop()
        try await shop.placeOrder()
        let cookie = try await shop.session("operator")
        let preview = await shop.get("/orders/order-7/timeouts/pay_due/preview?action=extend&by=15m", cookie: cookie)
        #expect(preview.text.contains("Extend <bdi>pay_due</bdi> of <bdi>order-7</bdi> by 15 min"))
        #expect(preview.text.contains("Nothing has changed yet"))
        let form = "action=extend&by=15m&key=k-1&reason=payments+are+down"
        let done = await shop.post("/orders/order-7/timeouts/pay_due/preview", form, cookie: cookie)
        #expect(done.status == 303)
        // The same form again changes nothing more.
        _ = await shop.post("/orders/order-7/timeouts/pay_due/preview", form, cookie: cookie)
        let order = try JSONValue(try await shop.send("GET", "/v1/orders/order-7").body)
        #expect(order["timeouts"].list.first?["due"].text == "2026-11-29T12:45:00Z")
        #expect(order["version"].int == 2)
        let page = await shop.get(done.header("location") ?? "", cookie: cookie)
        #expect(page.text.contains("It is written in the journal as event"))
    }

    @Test func `extends many: count and sample first, then an operation, and what undoes it`() async throws {
        let shop = try PageShop()
        for number in 1...3 { try await shop.placeOrder("order-\(number)") }
        let cookie = try await shop.session("operator")
        let filter = "status=awaiting%20payment&attribute.shop=7&name=pay_due&by=15m"
        let preview = await shop.get("/timeouts/change/preview?\(filter)", cookie: cookie)
        #expect(preview.text.contains("of 3 orders by 15 min"))
        let done = await shop.post("/timeouts/change/preview", "\(filter)&key=k-2&reason=down", cookie: cookie)
        #expect(done.status == 303)
        let page = await shop.get(done.header("location") ?? "", cookie: cookie)
        #expect(page.text.contains("/timeouts/change/preview?name=pay_due&amp;by=-15m"))
        let audit = try await shop.send("GET", "/v1/audit").text
        #expect(audit.contains("$operation") && audit.contains("down"))
    }

    @Test func `says why it was refused, and keeps what was typed`() async throws {
        let shop = try PageShop()
        try await shop.placeOrder()
        let cookie = try await shop.session("viewer", "orders:payments")
        let data = #"%7B%22payment%22%3A%22p-1%22%7D"#
        let reply = await shop.post(
            "/orders/order-7/commands/pay/preview", "role=payments&data=\(data)", cookie: cookie)
        #expect(reply.status == 422)
        #expect(reply.text.contains("role=\"alert\"") && reply.text.contains("p-1"))
    }

    @Test func `sends a command in a role of its reader`() async throws {
        let shop = try PageShop()
        try await shop.placeOrder()
        let cookie = try await shop.session("viewer", "orders:payments")
        let page = await shop.get("/orders/order-7", cookie: cookie)
        #expect(page.text.contains("href=\"/orders/order-7/commands/pay\""))
        #expect(!page.text.contains("href=\"/orders/order-7/commands/cancel\""))
        let data = "%7B%22payment%22%3A%22p-1%22%2C%22channel%22%3A%22card%22%2C%22amount_cents%22%3A2400%7D"
        let done = await shop.post(
            "/orders/order-7/commands/pay/preview", "role=payments&data=\(data)&key=k", cookie: cookie)
        #expect(done.status == 303)
        let paid = await shop.get("/orders/order-7", cookie: cookie)
        #expect(paid.text.contains("awaiting shipment"))
    }

    @Test func `shows a new token once`() async throws {
        let shop = try PageShop()
        let cookie = await shop.signIn(shop.code.text)
        let form = "name=web&grants=viewer&expires_in=30d&reason=a+test&key=k-9"
        let made = await shop.post("/access/new", form, cookie: cookie)
        #expect(made.text.contains("wb-"))
        let again = await shop.post("/access/new", form, cookie: cookie)
        #expect(again.status == 200 && !again.text.contains("wb-"))
        #expect(!(await shop.get("/access", cookie: cookie)).text.contains("wb-"))
    }
}

@Suite struct `The page of one order` {
    @Test func `shows it as of any event of its past`() async throws {
        let shop = try PageShop()
        try await shop.placeOrder()
        try await shop.send(
            "POST", "/v1/orders/order-7/commands/pay", #"{"payment":"p-1","channel":"card","amount_cents":2400}"#,
            role: "payments")
        let cookie = try await shop.session("viewer")
        let now = await shop.get("/orders/order-7", cookie: cookie).text
        #expect(now.contains("awaiting shipment") && now.contains("class=\"when now\""))
        let then = await shop.get("/orders/order-7?event=1", cookie: cookie).text
        #expect(then.contains("awaiting payment") && then.contains("As of event 1 of 2: place"))
        #expect(then.contains("pay_due") && then.contains("1 pending"))
        #expect(await shop.get("/orders/order-7?event=9", cookie: cookie).status == 404)
        #expect(await shop.get("/orders/order-7?at=yesterday", cookie: cookie).status == 400)
    }

    @Test func `shows its states as boxes, with the active ones and what is possible`() async throws {
        let shop = try PageShop()
        try await shop.placeOrder()
        let cookie = try await shop.session("viewer")
        let page = await shop.get("/orders/order-7", cookie: cookie).text
        #expect(page.ranges(of: "class=\"region\"").count == 3)
        #expect(page.ranges(of: "class=\"state here\"").count == 3)
        #expect(page.contains("<h4>unpaid<span>here since event 1, just now</span></h4>"))
        #expect(page.contains("in 30 min"))
        #expect(page.contains("24.00"))
    }

    @Test func `tells in words why a command was refused`() async throws {
        let shop = try PageShop()
        try await shop.placeOrder()
        let ship = #"{"parcel":"b","carrier":"post","lines":[{"line":"1","qty":1}]}"#
        try await shop.send("POST", "/v1/orders/order-7/commands/ship", ship, role: "warehouse")
        let cookie = try await shop.session("viewer")
        for target in ["/orders/order-7", "/orders/order-7/why"] {
            let page = await shop.get(target, cookie: cookie).text
            #expect(page.contains("The order was “<bdi>awaiting payment</bdi>”"), "\(target)")
            #expect(page.contains("IN_STATE(&#39;money.paid&#39;)"), "\(target)")
        }
    }
}
