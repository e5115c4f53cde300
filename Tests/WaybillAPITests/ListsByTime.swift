import Testing
import Waybill
import WaybillAPI
import WaybillCore
import WaybillEngine

/// Lists by time: of orders, and of what they wait for.
@Suite struct `A list by time` {
    private let shop: APIShop

    /// Three orders, an hour apart, each with 100 minutes to pay.
    init() async throws {
        shop = try APIShop()
        await shop.send(ExampleShop.stock)
        for number in 1...3 {
            let body = ExampleShop.place.body.replacing("order-7", with: "order-\(number)")
                .replacing("30m", with: "100h")
            let step = Example.Step(
                .post, "/v1/orders", [(.idempotencyKey, "k-\(number)"), (.role, "buyer")], body: body)
            #expect(await shop.send(step).status == 201)
            shop.book.advance(by: .hours(1))
        }
    }

    private func ids(_ target: String, _ name: String = "id") async throws -> [String] {
        let reply = await shop.send(.init(get: target))
        return try JSON(reading: reply.body)["items"]?.elements?.compactMap { $0[name]?.asText } ?? [reply.text]
    }

    @Test func `of orders begins with the oldest or the newest, page by page`() async throws {
        #expect(try await ids("/v1/orders") == ["order-1", "order-2", "order-3"])
        #expect(try await ids("/v1/orders?order=newest") == ["order-3", "order-2", "order-1"])
        let first = try JSON(reading: await shop.send(.init(get: "/v1/orders?order=newest&limit=2")).body)
        let cursor = try #require(first["next"]?.asText)
        #expect(try await ids("/v1/orders?order=newest&limit=2&cursor=\(cursor)") == ["order-1"])
        #expect(await shop.send(.init(get: "/v1/orders?limit=2&cursor=\(cursor)")).code == "bad_cursor")
    }

    @Test(arguments: [
        ("placed_from=2026-11-29T12:30:00Z", ["order-2", "order-3"]),
        ("placed_to=2026-11-29T13:00:00Z", ["order-1", "order-2"]),
        ("placed_from=2026-11-29T13:00:00Z&placed_to=2026-11-29T13:00:00Z", ["order-2"]),
        ("order=newest&placed_to=2026-11-29T13:30:00Z", ["order-2", "order-1"]),
        ("order=newest&placed_from=2026-11-29T13:00:00Z", ["order-3", "order-2"]),
        ("attribute.shop=7&order=newest", ["order-3", "order-2", "order-1"]), ("attribute.shop=8", []),
        ("workflow=flash-sale", []), ("workflow=standard-order&limit=1", ["order-1"]), ("id=order-2", ["order-2"]),
        ("id=none", []), ("status=closed", []), ("status=awaiting%20payment", ["order-1", "order-2", "order-3"]),
        ("placed_from=2027-01-01T00:00:00Z", []),
    ])
    func `of orders keeps to its times`(query: String, expected: [String]) async throws {
        #expect(try await ids("/v1/orders?\(query)") == expected)
    }

    @Test func `of timeouts goes by due time`() async throws {
        await shop.send(
            .init(post: "/v1/orders/order-1/timeouts/pay_due/extend", #"{"by":"10h","reason":"asked"}"#))
        let all = try await ids("/v1/timeouts?name=pay_due", "order")
        #expect(all == ["order-2", "order-3", "order-1"])
        #expect(try await ids("/v1/timeouts?name=pay_due&due_to=2026-12-03T17:00:00Z", "order") == ["order-2"])
        #expect(try await ids("/v1/timeouts?name=pay_due&due_from=2026-12-03T18:30:00Z", "order") == ["order-1"])
        #expect(try await ids("/v1/timeouts?order=order-3&name=pay_due", "order") == ["order-3"])
        #expect(try await ids("/v1/timeouts?name=pay_due&state=overdue", "order") == [])
        #expect(try await ids("/v1/timeouts?name=none", "order") == [])
        #expect(try await ids("/v1/timeouts?order=order-3&name=none", "order") == [])
        let page = try JSON(reading: await shop.send(.init(get: "/v1/timeouts?limit=1")).body)
        let cursor = try #require(page["next"]?.asText)
        #expect(try await ids("/v1/timeouts?limit=1&cursor=\(cursor)", "order").count == 1)
    }

    /// Without it a reader would go through all timeouts of the file.
    @Test func `of timeouts ends with the last one that is due in time`() async throws {
        let list = "/v1/timeouts?limit=1&due_to=2026-12-03T17:00:00Z"
        let first = try JSON(reading: await shop.send(.init(get: list)).body)
        #expect(first["items"]?.elements?.first?["order"]?.asText == "order-1")
        var next = try #require(first["next"]?.asText)
        let second = try JSON(reading: await shop.send(.init(get: "\(list)&cursor=\(next)")).body)
        #expect(second["items"]?.elements?.first?["order"]?.asText == "order-2")
        next = try #require(second["next"]?.asText)
        let end = try JSON(reading: await shop.send(.init(get: "\(list)&cursor=\(next)")).body)
        #expect(end["items"]?.elements?.isEmpty == true && end["next"] == .null, "\(end)")
    }
}

/// A change of many orders is the resource of an operation.
@Suite struct `A bulk change of timeouts` {
    private static func body(_ more: String) -> String {
        """
        {"filter":{"status":"awaiting payment","attributes":{"shop":"7"}},"name":"pay_due",\(more)
         "reason":"payments are down"}
        """
    }

    @Test func `tells first what it would do, and does it once`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        let dry = await shop.send(
            .init(post: "/v1/operations/timeouts", Self.body(#""action":{"extend":"15m"},"dry_run":true,"#)))
        #expect(dry.status == 200 && dry.text == #"{"dry_run":true,"orders":1,"sample":["order-7"]}"#)
        #expect(try await shop.book.order("order-7")?.version == 1)
        let step = Example.Step(
            .post, "/v1/operations/timeouts", [(.idempotencyKey, "strike")],
            body: Self.body(#""action":{"extend":"15m"},"#))
        let first = await shop.send(step)
        let second = await shop.send(step)
        #expect(first.status == 202 && second.text == first.text)
        #expect(second.headers.contains { $0 == ("idempotency-replayed", "true") })
        let due = try await shop.book.order("order-7")?.timeouts.first { $0.name == "pay_due" }?.due
        #expect(due == APIShop.noon.advanced(by: .minutes(45)))
        let shown = await shop.send(.init(get: "/v1/operations/o1"))
        #expect(try JSON(reading: shown.body)["state"]?.asText == "done")
        let audits = await shop.send(.init(get: "/v1/audit?type=$operation"))
        #expect(audits.text.contains("payments are down") && audits.text.contains("\"o1\""))
    }

    @Test func `is refused without a filter, with two actions, or for an unknown attribute`() async throws {
        let shop = try APIShop()
        for body in [
            #"{"filter":{},"name":"pay_due","action":{"cancel":true},"reason":"x"}"#,
            Self.body(#""action":{"extend":"15m","cancel":true},"#), Self.body(#""action":{},"#),
        ] {
            #expect(await shop.send(.init(post: "/v1/operations/timeouts", body)).code == "bad_data")
        }
        let unknown = #"{"filter":{"attributes":{"moon":"1"}},"name":"n","action":{"cancel":true},"reason":"x"}"#
        #expect(await shop.send(.init(post: "/v1/operations/timeouts", unknown)).code == "not_indexed")
    }

    @Test func `is refused while four run, also under fresh keys, and its repeat is not`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        func step(_ key: String) -> Example.Step {
            Example.Step(
                .post, "/v1/operations/timeouts", [(.idempotencyKey, key)],
                body: Self.body(#""action":{"extend":"15m"},"#))
        }
        let first = await shop.send(step("first"))
        #expect(first.status == 202 && first.headers.contains { $0 == ("location", "/v1/operations/o1") })
        let change = BulkTimeoutChange(
            .extend(by: .minutes(15)), "pay_due", where: OrderFilter(status: "awaiting payment"))
        for _ in 1...4 { _ = try await shop.book.engine.start(change, by: Origin(caller: "owner")) { _ in "{}" } }
        let fresh = await shop.send(step("fresh"))
        #expect(fresh.status == 409 && fresh.code == "busy", "\(fresh.text)")
        #expect(fresh.headers.contains { $0 == ("retry-after", "10") })
        let repeated = await shop.send(step("first"))
        #expect(repeated.status == 202 && repeated.headers.contains { $0 == ("location", "/v1/operations/o1") })
    }

    @Test func `goes on after a restart when a server began it, and waits when the command line did`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        let filter = OrderFilter(status: "awaiting payment")
        let change = BulkTimeoutChange(.extend(by: .minutes(15)), "pay_due", where: filter)
        let owner = Origin(caller: "owner", reason: "payments are down")
        for isOfServer in [true, false] {
            _ = try await shop.book.engine.start(change, by: owner, isOfServer: isOfServer) { _ in "{}" }
        }
        try await ServedBook(shop.book).continueOperations()
        #expect(try shop.book.engine.job(1)?.isDone == true)
        #expect(try shop.book.engine.job(2)?.isDone == false)
        let due = try await shop.book.order("order-7")?.timeouts.first { $0.name == "pay_due" }?.due
        #expect(due == APIShop.noon.advanced(by: .minutes(45)))
        let started = try shop.book.engine.audits(limit: 10).filter { $0.type == "$operation" }
        #expect(started.count == 2 && started.allSatisfy { $0.caller == "owner" })
        #expect(await shop.send(.init(get: "/v1/operations/o2")).text.contains("payments are down"))
    }

    @Test func `that was interrupted goes on when it is resumed, and not when it was stopped`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        let change = BulkTimeoutChange(
            .extend(by: .minutes(15)), "pay_due", where: OrderFilter(status: "awaiting payment"))
        for _ in 1...2 { _ = try await shop.book.engine.start(change) }
        let stopped = await shop.send(.init(post: "/v1/operations/o1/stop", #"{"reason":"a mistake"}"#))
        #expect(try JSON(reading: stopped.body)["state"]?.asText == "stopped")
        await shop.send(.init(post: "/v1/operations/o1/resume", #"{"reason":"on"}"#))
        #expect(try await shop.book.order("order-7")?.version == 1)
        let resumed = await shop.send(.init(post: "/v1/operations/o2/resume", #"{"reason":"on"}"#))
        #expect(try JSON(reading: resumed.body)["state"]?.asText == "done")
        #expect(try await shop.book.order("order-7")?.version == 2)
        let audits = try JSON(reading: await shop.send(.init(get: "/v1/audit?type=$operation")).body)
        let acts = audits["items"]?.elements?.compactMap { $0["about"] } ?? []
        #expect(
            acts.map { "\($0["operation"]?.asText ?? "") \($0["was"]?.asText ?? "") \($0["reason"]?.asText ?? "")" }
                == ["o1 stopped a mistake", "o2 resumed on"])
        #expect(await shop.send(.init(get: "/v1/operations/o9")).code == "unknown_operation")
    }
}
