import Testing
import Waybill
import WaybillAPI
import WaybillCore
import WaybillEngine

/// What every list has: how it goes on, and up to where it is complete.
@Suite struct `A page of a list` {
    private static func place(_ number: Int, in shop: APIShop) async {
        let body = ExampleShop.buy.body.replacing("order-8", with: "order-\(number)")
            .replacing("\"ann\"", with: "\"buyer \(number)\"")
        let step = Example.Step(.post, "/v1/orders", [(.idempotencyKey, "k-\(number)"), (.role, "shop")], body: body)
        let reply = await shop.send(step)
        #expect(reply.status == 201, "\(reply.text)")
    }

    private func shop(orders count: Int, _ readTime: ReadTimeLimits? = nil) async throws -> APIShop {
        let shop = try APIShop(readTime: readTime)
        await shop.send(ExampleShop.stock)
        for number in 1...count { await Self.place(number, in: shop) }
        return shop
    }

    /// The ids of a page, and where its header says the next one is.
    private func page(_ target: String, of shop: APIShop) async throws -> (ids: [String], next: String?) {
        let reply = await shop.send(.init(get: target))
        let json = try JSON(reading: reply.body)
        let link = reply.headers.first { $0.name == "link" }?.value
        #expect((link == nil) == (json["next"]?.asText == nil), "\(reply.text)")
        let next = link?.wholeMatch(of: /<(.*)>; rel="next"/)?.1
        #expect(next?.wholeMatch(of: /[!-~]+/) != nil || next == nil, "it is a URL: \(next ?? "")")
        return (json["items"]?.elements?.compactMap { $0["id"]?.asText } ?? [reply.text], next.map { String($0) })
    }

    @Test func `leads to the next one by its header, which keeps the filter`() async throws {
        let shop = try await shop(orders: 7)
        for filter in [
            "status=awaiting%20payment", "workflow=flash-sale&order=newest", "placed_from=2026-11-29T12:00:00Z",
        ] {
            var (found, target): ([String], String?) = ([], "/v1/orders?limit=3&\(filter)")
            while let next = target {
                let page = try await page(next, of: shop)
                #expect(page.ids.count <= 3)
                (found, target) = (found + page.ids, page.next)
            }
            let ids = (1...7).map { "order-\($0)" }
            #expect(found == (filter.contains("newest") ? ids.reversed() : ids), "\(filter)")
        }
    }

    @Test func `of messages leads on by time, and by a key from the newest back`() async throws {
        let shop = try APIShop(workflows: [])
        await shop.send(ExampleShop.topic)
        for number in 1...5 {
            let sent = await shop.send(
                Example.Step(
                    .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "m-\(number)")],
                    body: "{\"id\":\"m-\(number)\",\"keys\":[\"k\"],\"priority\":\(number % 2),\"data\":1}"))
            #expect(sent.status == 201, "\(sent.text)")
            shop.book.advance(by: .hours(20))
        }
        for (query, isBackwards) in [("topic=ledger", false), ("key=k", true), ("key=k&topic=ledger", true)] {
            var pages: [[String]] = []
            var target: String? = "/v1/messages?limit=2&\(query)"
            while let next = target, pages.count < 9 {
                let page = try await page(next, of: shop)
                pages.append(page.ids)
                target = page.next
            }
            let ids = (isBackwards ? pages.reversed() : pages).flatMap(\.self)
            #expect(ids == (1...5).map { "m-\($0)" }, "\(query)")
        }
        let first = try JSON(reading: await shop.send(.init(get: "/v1/messages?key=k&limit=2")).body)
        let cursor = try #require(first["next"]?.asText)
        #expect(await shop.send(.init(get: "/v1/messages?key=l&limit=2&cursor=\(cursor)")).code == "bad_cursor")
    }

    @Test func `says up to which event it is complete`() async throws {
        let shop = try await shop(orders: 2)
        func position(_ target: String) async throws -> String? {
            try JSON(reading: await shop.send(.init(get: target)).body)["as_of"]?.asText
        }
        let last = { shop.book.vitals.lastPosition.text }
        #expect(try await position("/v1/orders") == last())
        #expect(try await position("/v1/orders?at_event=e2") == "e2")
        await Self.place(3, in: shop)
        #expect(try await position("/v1/orders") == last())
        #expect(try await position("/v1/groups") == last())
        for operation in API.operations where operation.method == .get {
            guard case .object(let fields)? = operation.answers.first?.schema,
                fields.contains(where: { $0.name == "items" })
            else { continue }
            #expect(fields.contains { $0.name == "as_of" && $0.isRequired }, "\(operation.name)")
        }
    }

    @Test func `of a history ends at the event or the time that is asked for`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        shop.book.advance(by: .minutes(1))
        await shop.send(ExampleShop.pay)
        func versions(_ query: String) async throws -> [Int64?] {
            let reply = await shop.send(.init(get: "/v1/orders/order-7/history?\(query)"))
            return try JSON(reading: reply.body)["items"]?.elements?.map { $0["version"]?.asInt } ?? []
        }
        #expect(try await versions("") == [1, 2])
        #expect(try await versions("after=1") == [2])
        #expect(try await versions("after=2") == [])
        #expect(try await versions("at=2026-11-29T12:00:30Z") == [1])
        #expect(try await versions("at_event=e2") == [1])
        #expect(try await versions("at_event=e3") == [1, 2])
        #expect(try await versions("at_event=e2&limit=1") == [1])
        let early = await shop.send(.init(get: "/v1/orders/order-7/history?at_event=e1"))
        #expect(early.code == "unknown_order")
        let page = await shop.send(.init(get: "/v1/orders/order-7/history?at_event=e2&limit=1"))
        #expect(page.text.hasSuffix(#""next":null,"as_of":"e2"}"#))
    }

    @Test func `is short when it has had its time, and the list goes on`() async throws {
        let limits = ReadTimeLimits(read: .minutes(1), page: Interval(milliseconds: 0))
        let shop = try await shop(orders: 25, limits)
        for query in ["at_event=\(shop.book.vitals.lastPosition.text)", "at=2026-11-29T12:00:00Z&order=newest"] {
            var (found, sizes, target): ([String], [Int], String?) = ([], [], "/v1/orders?limit=100&\(query)")
            while let next = target {
                let page = try await page(next, of: shop)
                (found, target) = (found + page.ids, page.next)
                sizes.append(page.ids.count)
            }
            #expect(sizes.filter { $0 > 0 } == [10, 10, 5])
            #expect(Set(found).count == 25)
        }
    }

    @Test(arguments: ["/v1/orders", "/v1/orders/order-1", "/v1/groups", "/v1/audit", "/v1/orders/order-1/history"])
    func `that takes too long says so, and when to ask again`(target: String) async throws {
        let none = Interval(milliseconds: 0)
        let shop = try await shop(orders: 1, ReadTimeLimits(read: none, page: none))
        let reply = await shop.send(.init(get: target))
        let problem = try JSON(reading: reply.body)
        #expect(reply.status == 503 && reply.code == "read_too_long", "\(reply.text)")
        #expect(problem["values"]?["max_ms"]?.asInt == 0 && problem["retry_after_ms"]?.asInt == 1_000)
        #expect(reply.headers.contains { $0 == ("retry-after", "1") })
        #expect(await shop.send(.init(get: "/metrics")).status == 200, "a scrape is not bounded")
    }

    @Test func `bounds no change, which is answered after its commit`() async throws {
        let none = Interval(milliseconds: 0)
        let shop = try await shop(orders: 1, ReadTimeLimits(read: none, page: none))
        let extend = "/v1/orders/order-1/timeouts/unpaid.after.15m/extend"
        let reply = await shop.send(.init(post: extend, #"{"by":"1m"}"#))
        #expect(reply.status == 200 && reply.text.contains("\"due\":\"2026-11-29T12:16:00Z\""), "\(reply.text)")
    }

    @Test func `has 250 ms, and half of it for a list, unless said`() {
        let limits = ReadTimeLimits(read: Interval(milliseconds: 250), page: Interval(milliseconds: 125))
        #expect(ServingSettings().readTime == limits)
    }

    @Test(arguments: ["/v1/orders", "/v1/audit", "/v1/stock", "/v1/topics"])
    func `has one to a thousand elements, a hundred unless said`(list: String) async throws {
        let shop = try APIShop(workflows: [])
        for limit in [1, 1_000] { #expect(await shop.send(.init(get: "\(list)?limit=\(limit)")).status == 200) }
        for limit in [0, 1_001, -1] {
            #expect(await shop.send(.init(get: "\(list)?limit=\(limit)")).code == "bad_parameter", "\(limit)")
        }
        guard list == "/v1/stock" else { return }
        for number in 1...101 {
            await shop.send(.init(post: "/v1/stock/sku-\(number)/receive", #"{"quantity":1}"#))
        }
        #expect(try await page(list, of: shop).next != nil)
        let page = try JSON(reading: await shop.send(.init(get: list)).body)
        #expect(page["items"]?.elements?.count == 100)
    }
}
