import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// A cursor goes on with the list that gave it, in which it was asked for by the same filter.
@Suite struct `The cursor of a list` {
    /// Two questions of each list, which differ in what is asked for.
    private static let questions: [(String, String)] = [
        ("/v1/orders?", "/v1/orders?status=awaiting%20payment"), ("/v1/orders?", "/v1/orders?workflow=standard-order"),
        ("/v1/orders?", "/v1/orders?attribute.buyer=ann"), ("/v1/orders?", "/v1/orders?order=newest"),
        ("/v1/orders?", "/v1/orders?placed_from=2026-11-29T12:00:00Z"), ("/v1/orders?", "/v1/orders?at_event=e20"),
        ("/v1/orders/order-1/history?", "/v1/orders/order-2/history?"),
        ("/v1/orders/order-1/history?", "/v1/orders/order-1/history?at_event=e17"),
        ("/v1/orders/order-1/messages?", "/v1/orders/order-2/messages?"), ("/v1/calls?", "/v1/calls?topic=refunds"),
        ("/v1/timeouts?", "/v1/timeouts?name=pay_due"), ("/v1/timeouts?", "/v1/timeouts?due_to=2027-01-01T00:00:00Z"),
        ("/v1/timeouts?", "/v1/timeouts?state=waiting"), ("/v1/audit?", "/v1/audit?type=$hold"),
        ("/v1/audit?", "/v1/audit?caller=owner"), ("/v1/audit?", "/v1/audit?from=2026-11-29T12:00:00Z"),
        ("/v1/stock?", "/v1/stock?prefix=m"), ("/v1/stock?", "/v1/stock?short_of=1000"),
        ("/v1/stock/mug/history?", "/v1/stock/pen/history?"),
        ("/v1/stock/mug/history?", "/v1/stock/mug/history?location=east"),
        ("/v1/messages?topic=ledger", "/v1/messages?topic=cash"),
        ("/v1/messages?topic=ledger", "/v1/messages?topic=ledger&from=2026-11-29T12:00:00Z"),
        ("/v1/groups/shipping/dead-letters?", "/v1/groups/billing/dead-letters?"),
        ("/v1/half-messages?", "/v1/half-messages?producer=bank"),
        ("/v1/half-messages?", "/v1/half-messages?state=half"),
        ("/v1/half-messages?", "/v1/half-messages?topic=ledger"),
        ("/v1/half-messages?", "/v1/half-messages?older_than=1ms"), ("/v1/topics?", "/v1/stock?"),
        ("/v1/operations?", "/v1/audit?"), ("/v1/audit?", "/v1/audit?order=newest"),
        ("/v1/half-messages?producer=a%20b", "/v1/half-messages?producer=a&topic=b%20"),
        ("/v1/audit?type=a%20b", "/v1/audit?type=a&caller=b%20"),
    ]

    /// A shop in which each list has more than one element.
    private func shop() async throws -> APIShop {
        let shop = try APIShop()
        var steps = [ExampleShop.stock, ExampleShop.topic, ExampleShop.group]
        steps.append(.init(post: "/v1/stock/pen/receive", #"{"quantity":9}"#))
        steps.append(Example.Step(.put, "/v1/topics/cash", body: #"{"type":"mixed"}"#))
        steps.append(Example.Step(.put, "/v1/groups/billing", body: "{}"))
        for location in ["", "?location=east"] {
            for sku in ["mug", "pen"] {
                for _ in 1...2 { steps.append(.init(post: "/v1/stock/\(sku)/receive\(location)", #"{"quantity":5}"#)) }
            }
        }
        for number in 1...2 {
            let order = "order-\(number)"
            steps += [
                Example.Step(
                    .post, "/v1/orders", [(.idempotencyKey, order), (.role, "buyer")],
                    body: ExampleShop.place.body.replacing("order-7", with: order)),
                command("pay", "payments", of: order, #"{"payment":"p-1","channel":"card","amount_cents":2400}"#),
                command("refund", "seller", of: order, #"{"amount_cents":100,"reason":"late"}"#),
                Example.Step(
                    .post, "/v1/orders", [(.idempotencyKey, "open \(order)"), (.role, "buyer")],
                    body: ExampleShop.place.body.replacing("order-7", with: "open-\(order)")),
            ]
            for topic in ["ledger", "cash"] {
                steps.append(
                    Example.Step(
                        .post, "/v1/topics/\(topic)/messages", [(.idempotencyKey, "\(topic) \(number)")],
                        body: #"{"data":1}"#))
                steps.append(
                    .init(
                        post: "/v1/half-messages",
                        "{\"topic\":\"\(topic)\",\"producer\":\"bank\",\"message\":{\"data\":1}}"))
            }
            steps.append(.init(post: "/v1/timeouts/hold", #"{"reason":"a test"}"#))
            steps.append(ExampleShop.changeOfShop)
        }
        for step in steps {
            let reply = await shop.send(step)
            try #require((200..<300).contains(reply.status), "\(step.target): \(reply.text)")
        }
        for group in ["shipping", "billing"] {
            let received = await shop.send(
                .init(post: "/v1/groups/\(group)/receive", #"{"topic":"ledger","client":"c"}"#))
            let receipts =
                try JSON(reading: received.body)["items"]?.elements?.compactMap { $0["receipt"]?.asText } ?? []
            try #require(receipts.count == 2)
            let list = receipts.map { "\"\($0)\"" }.joined(separator: ",")
            await shop.send(.init(post: "/v1/groups/\(group)/dead-letter", "{\"receipts\":[\(list)]}"))
        }
        return shop
    }

    private func command(_ name: String, _ role: String, of order: String, _ body: String) -> Example.Step {
        Example.Step(.post, "/v1/orders/\(order)/commands/\(name)", [(.role, role)], body: body)
    }

    private func next(_ target: String, in shop: APIShop) async throws -> String {
        let reply = await shop.send(.init(get: "\(target)&limit=1"))
        return try #require(try JSON(reading: reply.body)["next"]?.asText, "\(target): \(reply.text)")
    }

    @Test func `goes on with what was asked for, and with nothing else`() async throws {
        let shop = try await shop()
        for (one, other) in Self.questions {
            let cursor = try await next(one, in: shop)
            #expect(await shop.send(.init(get: "\(one)&limit=1&cursor=\(cursor)")).status == 200, "\(one)")
            let foreign = await shop.send(.init(get: "\(other)&limit=1&cursor=\(cursor)"))
            #expect(foreign.code == "bad_cursor", "\(one) \(other): \(foreign.text)")
            let back = try await next(other, in: shop)
            #expect(await shop.send(.init(get: "\(one)&limit=1&cursor=\(back)")).code == "bad_cursor", "\(other)")
        }
    }

    @Test func `is bad in any other letter, and shortened`() async throws {
        let shop = try await shop()
        let cursor = try await next("/v1/orders?", in: shop)
        for index in cursor.indices {
            let letter = cursor[index] == "0" ? "1" : "0"
            let changed = cursor[..<index] + letter + cursor[cursor.index(after: index)...]
            #expect(await shop.send(.init(get: "/v1/orders?limit=1&cursor=\(changed)")).code == "bad_cursor")
        }
        for short in [String(cursor.dropLast(2)), String(cursor.prefix(32)), String(cursor.prefix(31)), "zz"] {
            #expect(await shop.send(.init(get: "/v1/orders?limit=1&cursor=\(short)")).code == "bad_cursor", "\(short)")
        }
    }
}

extension ExampleShop {
    /// A change of many timeouts that finds something.
    fileprivate static let changeOfShop = Example.Step(
        post: "/v1/operations/timeouts",
        #"{"filter":{"status":"awaiting payment"},"name":"pay_due","action":{"extend":"1m"},"reason":"a test"}"#)
}
