import Fixtures
import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillTimeouts

/// A half message whose local transaction is a command to an order: the journal says what became of it.
@Suite struct `A half message that names an order` {
    private static let shopWeb = Principal(
        name: "shop-web", grants: [.orders(roles: ["buyer"]), .producer(NamePattern("ledger"))])

    private static func prepare(_ more: String = "") -> Example.Step {
        Example.Step(
            post: "/v1/half-messages",
            """
            {"topic":"ledger","check_order":"order-7",\(more)
             "message":{"id":"booking-7","data":{"amount_cents":1800}}}
            """)
    }

    /// The command under the message's id.
    private static let command = Example.Step(
        .post, "/v1/orders", [(.idempotencyKey, "booking-7"), (.role, "buyer")], body: ExampleShop.place.body)

    private func shop() async throws -> APIShop {
        let shop = try APIShop()
        for step in [ExampleShop.topic, ExampleShop.stock] { await shop.send(step) }
        return shop
    }

    private func visible(_ shop: APIShop) async throws -> Int {
        try await shop.book.messages.find(in: "ledger", from: APIShop.noon, limit: 10).count
    }

    @Test func `is committed when the order has taken the command, and no one decides`() async throws {
        let shop = try await shop()
        let prepared = try JSON(reading: await shop.send(Self.prepare(), as: Self.shopWeb).body)
        #expect(prepared["id"]?.asText == "booking-7")
        let listed = await shop.send(.init(get: "/v1/half-messages?producer=shop-web"))
        #expect(listed.text.contains(#""producer":"shop-web","answered_by":"journal""#), "\(listed.text)")
        #expect(await shop.send(Self.command, as: Self.shopWeb).status == 201)
        #expect(try await visible(shop) == 0)
        shop.book.advance(by: .minutes(2))
        #expect(try await visible(shop) == 1)
        let found = try JSON(reading: await shop.send(.init(get: "/v1/messages?key=order-7&topic=ledger")).body)
        #expect(found["items"]?.elements?.compactMap { $0["id"]?.asText } == ["booking-7"], "by the order, as its key")
    }

    @Test(arguments: [("commit", 1), ("rollback", 0)])
    func `is seen when its producer commits it, and never when that drops it`(verb: String, count: Int) async throws {
        let shop = try await shop()
        let half = try JSON(reading: await shop.send(ExampleShop.half).body)
        let url = try #require(half["\(verb)_url"]?.asText)
        #expect(await shop.send(.init(post: url, "{}")).text.contains("\"resolution\":\"\(verb)\""))
        #expect(try await visible(shop) == count)
        shop.book.advance(by: .days(1))
        #expect(try await visible(shop) == count)
        #expect(try await shop.book.messages.halfMessages().elements.isEmpty)
    }

    @Test func `is rolled back when the command never comes, which is refused then`() async throws {
        let shop = try await shop()
        #expect(await shop.send(Self.prepare(), as: Self.shopWeb).status == 201)
        shop.book.advance(by: .days(1))
        #expect(try await visible(shop) == 0)
        #expect(try await shop.book.messages.halfMessages().elements.isEmpty)
        let fenced = await shop.send(Self.command, as: Self.shopWeb)
        #expect(fenced.code == "fenced" && fenced.text.contains("\"stored\":true"), "\(fenced.text)")
        #expect(!fenced.headers.contains { $0.name == "idempotency-replayed" }, "no request has had this answer before")
    }

    @Test func `is not committed by the command of another caller`() async throws {
        let shop = try await shop()
        #expect(await shop.send(Self.prepare(), as: Self.shopWeb).status == 201)
        #expect(await shop.send(Self.command, as: .owner).status == 201)
        shop.book.advance(by: .days(1))
        #expect(try await visible(shop) == 0)
    }

    @Test func `is answered by the journal also after the file was opened anew`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        let first = try OrderBook.open(path, world: .virtual(VirtualClock(start: APIShop.noon), seed: 1))
        try await first.messages.createTopic("ledger", TopicSettings(type: .mixed))
        try await first.submit(StockCommand(.receive(9), of: StockKey(sku: "mug")))
        let prepared = try await first.messages.prepare(
            NewMessage(to: "ledger", body: [1], keys: ["order-7"], id: "booking-7"), forCommandOf: "shop-web")
        #expect(prepared.id == "booking-7")
        try await first.submit(
            OrderCommand(
                "place", of: "order-7",
                data: ["buyer": "ann", "sku": "mug", "at": "", "price_cents": 900, "limit": 2],
                workflow: "flash-sale", key: "booking-7", caller: "shop-web"))
        await first.close()
        let second = try OrderBook.open(path, world: .virtual(VirtualClock(start: APIShop.noon), seed: 2))
        defer { second.close() }
        second.advance(by: .minutes(2))
        #expect(try await second.messages.find(in: "ledger", from: APIShop.noon, limit: 9).count == 1)
    }

    @Test func `takes no producer besides, and no URL is asked`() async throws {
        let shop = try await shop()
        #expect(await shop.send(Self.prepare(#""producer":"bank","#)).code == "bad_data")
        let neither = Example.Step(post: "/v1/half-messages", #"{"topic":"ledger","message":{"data":1}}"#)
        #expect(await shop.send(neither).code == "bad_data")
        let url = await shop.send(Self.prepare(#""check_url":"https://bank.example/tx","#))
        #expect(url.code == "bad_data" && url.text.contains("/v1/producers/{producer}/checks"), "\(url.text)")
        #expect(try await shop.book.messages.halfMessages().elements.isEmpty)
    }

    /// Sooner and later than the usual six seconds.
    @Test(arguments: [2_000, 600_000] as [Int64])
    func `is asked about when its producer said, and not before`(milliseconds: Int64) async throws {
        let shop = try await shop()
        let half = await shop.send(
            .init(
                post: "/v1/half-messages",
                """
                {"topic":"ledger","producer":"bank","first_check_ms":\(milliseconds),
                 "message":{"id":"booking-8","data":1}}
                """))
        #expect(half.status == 201, "\(half.text)")
        func asked() async -> Bool {
            await shop.send(.init(post: "/v1/producers/bank/checks", "{}")).text.contains(#""id":"booking-8""#)
        }
        shop.book.advance(by: Interval(milliseconds: milliseconds - 1))
        #expect(!(await asked()))
        shop.book.advance(by: Interval(milliseconds: 1))
        #expect(await asked())
    }

    @Test func `is asked about again at once when the client that took the question has gone`() async throws {
        let shop = try await shop()
        await shop.send(ExampleShop.half)
        shop.book.advance(by: .minutes(1))
        let checks = Example.Step(post: "/v1/producers/bank/checks", "{}")
        let lost = await shop.send(checks)
        #expect(lost.text.contains(#""id":"booking-11""#) && lost.text.contains(#""check":1"#), "\(lost.text)")
        let none = await shop.send(checks)
        #expect(none.text.contains(#""items":[]"#) && none.takeBack == nil, "nothing was taken")
        await lost.takeBack?()
        #expect(await shop.send(checks).text == lost.text)
    }

    @Test(arguments: ["%24call", "%20", "a%0Ab", String(repeating: "a", count: 256)])
    func `is asked about by no producer whose name cannot be one`(name: String) async throws {
        let reply = try await shop().send(.init(post: "/v1/producers/\(name)/checks", "{}"))
        #expect(reply.code == "bad_producer", "\(reply.text)")
    }

    @Test(arguments: [
        ("state=half", ["booking-11", "booking-7"]), ("state=parked", []), ("producer=bank", ["booking-11"]),
        ("topic=cash", []), ("older_than=1m", ["booking-11"]), ("older_than=2m", []),
    ])
    func `is listed by state, producer, topic and age`(query: String, expected: [String]) async throws {
        let shop = try await shop()
        await shop.send(ExampleShop.half)
        shop.book.advance(by: .minutes(1))
        #expect(await shop.send(Self.prepare(), as: Self.shopWeb).status == 201)
        let listed = try JSON(reading: await shop.send(.init(get: "/v1/half-messages?\(query)")).body)
        #expect(listed["items"]?.elements?.compactMap { $0["id"]?.asText } == expected)
    }

    @Test func `of a topic that is not there says so in an empty list, with the name that was meant`() async throws {
        let shop = try await shop()
        await shop.send(ExampleShop.half)
        func unknown(_ topic: String) async throws -> [[String?]]? {
            let reply = await shop.send(.init(get: "/v1/half-messages?topic=\(topic)"))
            return try JSON(reading: reply.body)["unknown"]?.elements?.map { name in
                ["kind", "name", "meant"].map { name[$0]?.asText }
            }
        }
        #expect(try await unknown("ledgr") == [["topic", "ledgr", "ledger"]])
        #expect(try await unknown("cash") == [["topic", "cash", nil]])
        #expect(try await unknown("ledger") == nil)
        await shop.send(Example.Step(.put, "/v1/topics/cash", body: #"{"reason":"a test"}"#))
        #expect(try await unknown("cash") == nil, "it is there, and empty")
        let calls = try JSON(reading: await shop.send(.init(get: "/v1/calls?topic=ledgr")).body)
        #expect(calls["unknown"]?.elements?.first?["meant"]?.asText == "ledger", "of calls as well: \(calls)")
    }
}
