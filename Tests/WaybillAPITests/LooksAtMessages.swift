import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Bodies are for those who may read them, and the audit tells who did.
@Suite struct `The body of a message` {
    private let shop: APIShop

    init() async throws {
        shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group, ExampleShop.message] { await shop.send(step) }
    }

    private func readers() throws -> [Text] {
        try shop.book.engine.audits(limit: 100).filter { $0.type == "$payload_read" }.map(\.caller)
    }

    @Test func `is given as its bytes, and audited with who read it and why`() async throws {
        let rita = Principal(name: "rita", grants: [.payload])
        let reply = await shop.send(.init(get: "/v1/messages/booking-9/body?reason=a+complaint"), as: rita)
        #expect(reply.text == #"{"amount_cents":5300}"# && reply.contentType == "application/json")
        #expect(try readers() == ["rita"])
        let audit = try #require(try shop.book.engine.audits(limit: 100).last)
        let body = String(decoding: audit.body, as: UTF8.self)
        #expect(body.contains("booking-9") && body.contains("a complaint") && !body.contains("5300"))
        #expect(await shop.send(.init(get: "/v1/messages/none/body"), as: rita).code == "unknown_message")
    }

    @Test(arguments: [Grant.viewer, .operator, .admin])
    func `is for no one without the grant`(grant: Grant) async throws {
        let eve = Principal(name: "eve", grants: [grant])
        #expect(await shop.send(.init(get: "/v1/messages/booking-9/body"), as: eve).code == "forbidden")
        for target in [
            "/v1/messages/booking-9", "/v1/messages?id=booking-9", "/v1/messages?key=order-7",
            "/v1/messages?topic=ledger",
        ] {
            let reply = await shop.send(.init(get: target), as: eve)
            #expect(reply.status == 200 && reply.text.contains("booking-9"), "\(reply.text)")
            #expect(!reply.text.contains("amount_cents"), "\(reply.text)")
        }
        #expect(try readers().isEmpty)
    }

    @Test func `that is found by a key is audited for a token, and not for the owner of the file`() async throws {
        let rita = Principal(name: "rita", grants: [.viewer, .payload])
        #expect(await shop.send(.init(get: "/v1/messages?key=order-7"), as: .owner).text.contains("amount_cents"))
        #expect(try readers().isEmpty)
        #expect(await shop.send(.init(get: "/v1/messages?key=order-7"), as: rita).text.contains("amount_cents"))
        #expect(await shop.send(.init(get: "/v1/messages?key=none"), as: rita).status == 200)
        #expect(try readers() == ["rita"])
        #expect(await shop.send(.init(get: "/v1/messages?topic=ledger"), as: rita).text.contains("amount_cents"))
        #expect(try readers() == ["rita", "rita"], "in a list of a topic too")
    }
}

/// The messages of a topic by time, page by page.
@Suite struct `A list of messages` {
    @Test(arguments: [1, 2, 3, 7])
    func `has each message once, in the order of their times, whatever its pages`(limit: Int) async throws {
        let shop = try APIShop(workflows: [])
        await shop.send(ExampleShop.topic)
        var sent: [String] = []
        for number in 0..<7 {
            let id = "m-\(number)"
            sent.append(id)
            await shop.send(
                Example.Step(
                    .post, "/v1/topics/ledger/messages", [(.idempotencyKey, id)],
                    body: "{\"id\":\"\(id)\",\"priority\":\(number % 3),\"data\":1}"))
            // Three have one time, so that a page ends among them.
            if number != 2, number != 3 { shop.book.advance(by: .seconds(1)) }
        }
        var listed: [String] = []
        var cursor = ""
        for _ in 0..<9 {
            let target = "/v1/messages?topic=ledger&limit=\(limit)\(cursor)"
            let page = try JSON(reading: await shop.send(.init(get: target)).body)
            listed += page["items"]?.elements?.compactMap { $0["id"]?.asText } ?? []
            guard let next = page["next"]?.asText else { break }
            cursor = "&cursor=\(next)"
        }
        #expect(Set(listed) == Set(sent) && listed.count == 7, "\(listed)")
        #expect(listed.filter { ["m-0", "m-1", "m-5", "m-6"].contains($0) } == ["m-0", "m-1", "m-5", "m-6"])
        let late = try JSON(
            reading: await shop.send(.init(get: "/v1/messages?topic=ledger&from=2026-11-29T12:00:02.001Z")).body)
        #expect(late["items"]?.elements?.map { $0["id"]?.asText } == ["m-5", "m-6"])
        #expect(late["next"] == .null)
    }

    @Test func `of a topic that is not there is refused, and so is the trace of a message that is not there`()
        async throws
    {
        let shop = try APIShop(workflows: [])
        for target in ["/v1/messages?topic=none", "/v1/messages?topic=none&from=2026-11-29T12:00:00Z"] {
            let reply = await shop.send(.init(get: target))
            #expect(reply.status == 404 && reply.code == "unknown_topic", "\(reply.text)")
        }
        let trace = await shop.send(.init(get: "/v1/messages/none/trace"))
        #expect(trace.status == 404 && trace.code == "unknown_message", "\(trace.text)")
        await shop.send(ExampleShop.topic)
        #expect(await shop.send(.init(get: "/v1/messages?topic=ledger")).status == 200)
        #expect(await shop.send(.init(get: "/v1/messages?id=none")).status == 200)
    }

    @Test func `ends a page early when messages are large, but not for the owner of a closed file`() async throws {
        let shop = try APIShop(workflows: [])
        await shop.send(ExampleShop.topic)
        for id in ["a", "b", "c"] {
            let text = String(repeating: "x", count: 3_000_000)
            await shop.send(
                Example.Step(
                    .post, "/v1/topics/ledger/messages", [(.idempotencyKey, id)],
                    body: "{\"id\":\"\(id)\",\"data\":\"\(text)\"}"))
        }
        func count(_ principal: Principal, from: Text = "") async throws -> (items: Int?, next: JSON?) {
            let reply = await shop.send(.init(get: "/v1/messages?topic=ledger"), as: principal, from: from)
            let page = try JSON(reading: reply.body)
            return (page["items"]?.elements?.count, page["next"])
        }
        let looked = try await count(Principal(name: "eve", grants: [.viewer]))
        #expect(looked.items == 2 && looked.next != .null)
        #expect(try await count(.owner).items == 3)
        #expect(try await count(.owner, from: "socket, user 0").items == 2, "the memory of a server is of all")
    }
}

/// A group goes back to a message; a lane says first what would become of its messages.
@Suite struct `A move of a group` {
    private let shop: APIShop

    init() async throws {
        shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group] { await shop.send(step) }
        for id in ["a", "b", "c"] {
            await shop.send(
                Example.Step(
                    .post, "/v1/topics/ledger/messages", [(.idempotencyKey, id)], body: "{\"id\":\"\(id)\",\"data\":1}")
            )
        }
        try await finish(3)
    }

    /// Receives what there is and finishes it; answers the ids.
    @discardableResult
    private func finish(_ count: Int) async throws -> [String] {
        let received = try JSON(
            reading: await shop.send(
                .init(post: "/v1/groups/shipping/receive", #"{"topic":"ledger","client":"c"}"#)
            ).body)
        let items = received["items"]?.elements ?? []
        #expect(items.count == count)
        let receipts = items.compactMap { $0["receipt"]?.asText }.map { "\"\($0)\"" }.joined(separator: ",")
        await shop.send(.init(post: "/v1/groups/shipping/acknowledge", "{\"receipts\":[\(receipts)]}"))
        return items.compactMap { $0["message"]?["id"]?.asText }
    }

    private func lookBack(_ more: String) async -> Reply {
        await shop.send(
            .init(post: "/v1/groups/shipping/look-back", "{\"topic\":\"ledger\",\(more),\"reason\":\"lost\"}"))
    }

    @Test func `goes to a message by its id or its position`() async throws {
        #expect(await lookBack(#""message":"b""#).status == 200)
        #expect(try await finish(2) == ["b", "c"])
        let shown = try JSON(reading: await shop.send(.init(get: "/v1/messages/c")).body)
        let position = try #require(shown["position"]?.asText)
        #expect(await lookBack("\"to\":\"\(position)\"").status == 200)
        #expect(try await finish(1) == ["c"])
        #expect(await lookBack(#""to":"oldest""#).text.contains(#""effects":"shut""#))
        #expect(await lookBack(#""to":"newest","effects":"open""#).text.contains(#""effects":"open""#))
        #expect(try await finish(0) == [], "past all that waits")
        #expect(await lookBack(#""message":"z""#).code == "unknown_message")
        #expect(await lookBack(#""message":"b","to":"oldest""#).code == "bad_data")
        #expect(await lookBack(#""effects":"shut""#).code == "bad_data")
        #expect(await lookBack(#""to":"99:7""#).code == "unknown_message")
        #expect(await lookBack(#""to":"yesterday""#).code == "bad_data")
    }

    @Test func `out of a lane is told before it is made`() async throws {
        await shop.send(ExampleShop.laneMessage)
        let dry = await shop.send(
            .init(post: "/v1/lanes/blue/close", #"{"end":"promoted","dry_run":true,"reason":"x"}"#))
        #expect(dry.status == 200)
        #expect(try await shop.book.messages.lanes().map(\.isClosed) == [false])
        #expect(try shop.book.engine.audits(limit: 10).allSatisfy { $0.type != "$lane" })
        await shop.send(.init(post: "/v1/lanes/blue/close", #"{"end":"promoted","reason":"x"}"#))
        #expect(try await shop.book.messages.lanes().map(\.isClosed) == [true])
    }

    @Test func `answers for many deliveries, each by itself, also those that are not its own`() async throws {
        await shop.send(Example.Step(.put, "/v1/groups/billing", body: "{}"))
        func receipts(_ group: String) async throws -> [String] {
            let reply = await shop.send(
                .init(post: "/v1/groups/\(group)/receive", #"{"topic":"ledger","client":"c"}"#))
            return try JSON(reading: reply.body)["items"]?.elements?.compactMap { $0["receipt"]?.asText } ?? []
        }
        #expect(await lookBack(#""to":"oldest""#).status == 200)
        let (own, others) = (try await receipts("shipping"), try await receipts("billing"))
        #expect(own.count == 3 && others.count == 3)
        let list = [own[0], others[0], own[1], "00", own[2]].map { "\"\($0)\"" }.joined(separator: ",")
        let failed = await shop.send(.init(post: "/v1/groups/shipping/fail", "{\"receipts\":[\(list)]}"))
        let answers = try JSON(reading: failed.body)["items"]?.elements
        #expect(
            answers?.map { $0["result"]?.asText ?? $0["problem"]?["code"]?.asText ?? "" }
                == ["done", "stale_receipt", "done", "stale_receipt", "done"])
    }
}

/// A broadcast over HTTP: the client is the position.
@Suite struct `A broadcast over HTTP` {
    @Test func `gives every client what came since it was first there, and nothing twice`() async throws {
        let shop = try APIShop(workflows: [])
        await shop.send(ExampleShop.topic)
        await shop.send(Example.Step(.put, "/v1/groups/prices", body: #"{"broadcast":true}"#))
        await shop.send(ExampleShop.message)
        func received(by client: String) async throws -> [String] {
            let reply = await shop.send(
                .init(post: "/v1/groups/prices/receive", "{\"topic\":\"ledger\",\"client\":\"\(client)\"}"))
            return try JSON(reading: reply.body)["items"]?.elements?.compactMap { $0["message"]?["id"]?.asText } ?? []
        }
        #expect(try await received(by: "a") == [])
        #expect(try await received(by: "b") == [])
        await shop.send(
            Example.Step(.post, "/v1/topics/ledger/messages", [(.idempotencyKey, "n")], body: #"{"id":"new","data":1}"#)
        )
        for client in ["a", "b"] {
            #expect(try await received(by: client) == ["new"])
            #expect(try await received(by: client) == [])
        }
        #expect(try await received(by: "c") == [])
    }
}

/// Looks at what was, and at relatives.
@Suite struct `A look at an order` {
    @Test func `of the past shows the events that there were`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        shop.book.advance(by: .minutes(5))
        await shop.send(ExampleShop.pay)
        func versions(_ query: String) async throws -> [Int64] {
            let reply = await shop.send(.init(get: "/v1/orders/order-7/history?\(query)"))
            return try JSON(reading: reply.body)["items"]?.elements?.compactMap { $0["version"]?.asInt } ?? []
        }
        #expect(try await versions("") == [1, 2])
        #expect(try await versions("at=2026-11-29T12:04:59Z") == [1])
        #expect(try await versions("at=2026-11-29T12:05:00Z") == [1, 2])
        for (query, then) in [
            ("at=2026-11-29T12:04:59Z", "2026-11-29T12:04:59Z"), ("at_event=e2", "2026-11-29T12:00:00Z"),
        ] {
            let shown = await shop.send(.init(get: "/v1/orders/order-7?\(query)"))
            #expect(shown.headers.contains { $0 == ("waybill-as-of", then) }, "\(query) \(shown.headers)")
        }
        #expect(await !shop.send(.init(get: "/v1/orders/order-7")).headers.contains { $0.name == "waybill-as-of" })
        #expect(try await versions("at_event=e2") == [1])
        #expect(try await versions("at=2026-11-29T11:00:00Z") == [])
        #expect(
            await shop.send(.init(get: "/v1/orders/order-7/history?at_event=e2&at=2026-11-29T12:00:00Z")).code
                == "bad_parameter")
    }

    @Test func `that does not move tells its calls, who holds its timeouts, and what was refused before it was there`()
        async throws
    {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place, ExampleShop.pay] { await shop.send(step) }
        let refund = Example.Step(
            .post, "/v1/orders/order-7/commands/refund", [(.role, "seller")],
            body: #"{"amount_cents":100,"reason":"late"}"#)
        #expect(await shop.send(refund).status == 200)
        for (query, count) in [("", 1), ("?topic=refunds", 1), ("?topic=cash", 0)] {
            let calls = try JSON(reading: await shop.send(.init(get: "/v1/calls\(query)")).body)
            #expect(calls["items"]?.elements?.count == count, "\(query) \(calls)")
        }
        await shop.send(.init(post: "/v1/timeouts/hold", #"{"reason":"payments are down"}"#))
        let why = try JSON(reading: await shop.send(.init(get: "/v1/orders/order-7/why")).body)
        #expect(why["timeouts_held"]?["why"]?.asText == "payments are down", "\(why)")
        #expect(why["calls"]?.elements?.count == 1, "\(why)")
        let many = Example.Step(
            .post, "/v1/orders", [(.idempotencyKey, "many"), (.role, "buyer")],
            body: ExampleShop.place.body.replacing("order-7", with: "order-9").replacing(
                "\"qty\":2", with: "\"qty\":500"))
        #expect(await shop.send(many).code == "insufficient_stock")
        let never = try JSON(reading: await shop.send(.init(get: "/v1/orders/order-9/why")).body)
        #expect(never["placed"] == false, "\(never)")
        #expect(never["refusals"]?.elements?.first?["code"]?.asText == "insufficient_stock", "\(never)")
    }

    @Test func `that does not move names its children and how they are`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place, ExampleShop.pay] { await shop.send(step) }
        let ship = await shop.send(
            Example.Step(
                .post, "/v1/orders/order-7/commands/ship", [(.role, "warehouse")],
                body: #"{"parcel":"p-1","carrier":"post","lines":[{"line":"1","qty":2}]}"#))
        #expect(ship.status == 200, "\(ship.text)")
        let why = try JSON(reading: await shop.send(.init(get: "/v1/orders/order-7/why")).body)
        let child = why["children"]?.elements?.first
        #expect(child?["id"]?.asText == "order-7/parcel-p-1" && child?["finished"]?.asBool == false, "\(why)")
    }
}

/// The list of stocks, narrowed by what is left.
@Suite struct `A list of stocks` {
    @Test func `has those alone that are short of a quantity when it is asked for them`() async throws {
        let shop = try APIShop()
        for (sku, quantity) in [("mug", 3), ("pen", 30)] {
            await shop.send(.init(post: "/v1/stock/\(sku)/receive", "{\"quantity\":\(quantity)}"))
        }
        let short = try JSON(reading: await shop.send(.init(get: "/v1/stock?short_of=10")).body)
        #expect(short["items"]?.elements?.map { $0["sku"]?.asText } == ["mug"])
        for (prefix, skus) in [("", ["mug", "pen"]), ("p", ["pen"]), ("pen", ["pen"]), ("pens", []), ("a", [])] {
            let list = try JSON(reading: await shop.send(.init(get: "/v1/stock?prefix=\(prefix)")).body)
            #expect(list["items"]?.elements?.map { $0["sku"]?.asText } == skus, "\(prefix)")
        }
    }
}
