import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Versions of orders as entity tags, and what else a header asks for.
@Suite struct `A header of a request` {
    private let shop: APIShop

    init() async throws {
        shop = try APIShop()
        await shop.send(ExampleShop.stock)
    }

    private func tag(_ reply: Reply) -> String? { reply.headers.first { $0.name == "etag" }?.value }

    @Test func `gets the version of an order as its tag, from its placing on`() async throws {
        let first = await shop.send(ExampleShop.place)
        #expect(tag(first) == "\"1\"")
        #expect(first.headers.contains { $0 == ("location", "/v1/orders/order-7") })
        #expect(await tag(shop.send(.init(get: "/v1/orders/order-7"))) == "\"1\"")
        #expect(await tag(shop.send(ExampleShop.pay)) == "\"2\"")
        #expect(await tag(shop.send(.init(get: "/v1/orders/order-7"))) == "\"2\"")
        #expect(await tag(shop.send(.init(get: "/v1/orders/order-7?at_event=e2"))) == nil, "the past has no tag")
    }

    private func cancel(_ tag: String) -> Example.Step {
        Example.Step(
            .post, "/v1/orders/order-7/commands/cancel", [(.role, "buyer"), (.ifMatch, tag)],
            body: #"{"reason":"too dear"}"#)
    }

    @Test func `lets a command through at the version that it names, and at no other`() async throws {
        for step in [ExampleShop.place, ExampleShop.pay] { await shop.send(step) }
        for tag in ["7", "W/\"2\"", "\"0\"", "\"x\"", "\"1\", \"2\""] {
            #expect(await shop.send(cancel(tag)).code == "bad_parameter", "\(tag)")
        }
        #expect(await shop.send(cancel("\"1\"")).status == 412)
        #expect(await shop.send(cancel("\"3\"")).status == 412)
        #expect(try await shop.book.order("order-7")?.version == 2)
        #expect(await shop.send(cancel("\"2\"")).status == 200)
    }

    @Test func `asks that an order be new`() async throws {
        let again = Example.Step(
            .post, "/v1/orders", [(.idempotencyKey, "other"), (.role, "buyer"), (.ifNoneMatch, "*")],
            body: ExampleShop.place.body)
        #expect(await shop.send(again).status == 201)
        let second = Example.Step(
            .post, "/v1/orders", [(.idempotencyKey, "third"), (.role, "buyer"), (.ifNoneMatch, "*")],
            body: ExampleShop.place.body)
        #expect(await shop.send(second).status == 409)
        #expect(try await shop.book.order("order-7")?.version == 1)
    }

    @Test func `asks for the order after a command`() async throws {
        await shop.send(ExampleShop.place)
        let pay = Example.Step(
            .post, "/v1/orders/order-7/commands/pay",
            [(.role, "payments"), (.prefer, "respond-async, return=Representation;x=1, wait=5")],
            body: ExampleShop.pay.body)
        let reply = try JSON(reading: await shop.send(pay).body)
        #expect(reply["status"]?.asText == "awaiting shipment" && reply["holds"]?.elements?.count == 1)
    }
}

/// The trace context of a request goes where what it did goes.
@Suite struct `A trace context` {
    private static let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private func traced(_ step: Example.Step, _ trace: String = trace) -> Example.Step {
        Example.Step(
            step.method, step.target, step.headers.map { ($0.name, $0.value) } + [(.traceparent, trace)],
            body: step.body)
    }

    private func history(_ shop: APIShop) async throws -> [JSON] {
        let reply = await shop.send(.init(get: "/v1/orders/order-7/history"))
        return try JSON(reading: reply.body)["items"]?.elements ?? []
    }

    @Test func `is kept with the event, its messages, and changes of its timeouts`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.group, ExampleShop.receive] { await shop.send(step) }
        await shop.send(traced(ExampleShop.place))
        await shop.send(
            traced(.init(post: "/v1/orders/order-7/timeouts/pay_due/extend", #"{"by":"1m","reason":"asked"}"#)))
        let pay = Example.Step(
            .post, "/v1/orders/order-7/commands/pay", [(.role, "payments")], body: ExampleShop.pay.body)
        await shop.send(traced(pay))
        let events = try await history(shop)
        #expect(events.map { $0["trace"]?.asText } == [Self.trace, Self.trace, Self.trace])
        let received = try JSON(reading: await shop.send(ExampleShop.receive).body)
        #expect(received["items"]?.elements?.first?["message"]?["traceparent"]?.asText == Self.trace)
    }

    @Test func `is kept with a change of stock`() async throws {
        let shop = try APIShop()
        await shop.send(traced(ExampleShop.stock))
        await shop.send(traced(.init(post: "/v1/stock/mug/adjust", #"{"by":-1}"#)))
        await shop.send(.init(post: "/v1/stock/mug/count", #"{"quantity":90}"#))
        let reply = await shop.send(.init(get: "/v1/stock/mug/history"))
        let events = try JSON(reading: reply.body)["items"]?.elements ?? []
        #expect(events.map { $0["trace"]?.asText } == [Self.trace, Self.trace, nil], "\(reply.text)")
    }

    @Test func `is kept with what an operation changes`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        await shop.send(
            traced(
                .init(
                    post: "/v1/operations/timeouts",
                    #"""
                    {"filter":{"workflow":"standard-order"},"name":"pay_due","action":{"extend":"1m"},"reason":"asked"}
                    """#)))
        #expect(try await history(shop).map { $0["trace"]?.asText } == [nil, Self.trace])
    }

    /// Acts that are audited, each after what it needs; the event of the audit has the trace of the act.
    private static let acts: [Example.Step] = [
        .init(post: "/v1/timeouts/hold", #"{"reason":"asked"}"#),
        .init(post: "/v1/timeouts/release", #"{"reason":"asked"}"#),
        .init(post: "/v1/clock/confirm", #"{"reason":"asked"}"#),
        .init(post: "/v1/tokens", #"{"name":"eye","grants":["viewer"],"reason":"asked"}"#),
        .init(post: "/v1/tokens/@/revoke", #"{"reason":"asked"}"#),
        .init(post: "/v1/orders/order-7/timeouts/pay_due/extend", #"{"by":"1m","reason":"asked"}"#),
        .init(
            post: "/v1/operations/timeouts",
            #"{"filter":{"workflow":"standard-order"},"name":"pay_due","action":{"extend":"1m"},"reason":"asked"}"#),
        Example.Step(.put, "/v1/groups/new", body: #"{"reason":"asked"}"#),
        Example.Step(.put, "/v1/topics/new", body: #"{"reason":"asked"}"#),
        Example.Step(.delete, "/v1/topics/ledger?reason=asked"),
    ]

    @Test(arguments: acts.indices) func `is kept with the audit of an act`(index: Int) async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place, ExampleShop.topic] { await shop.send(step) }
        var step = Self.acts[index]
        if step.target.contains("/release") { try await shop.book.holdTimeouts(because: "x") }
        if step.target.contains("@") {
            let made = await shop.send(Self.acts[3])
            let id = try #require(try JSON(reading: made.body)["id"]?.asText)
            step = Example.Step(step.method, step.target.replacing("@", with: "\(id)"), body: step.body)
        }
        let position = shop.book.vitals.lastPosition
        let reply = await shop.send(traced(step), as: Principal(name: "eva", grants: [.admin]))
        #expect((200..<300).contains(reply.status), "\(reply.text)")
        let audits = try shop.book.engine.audits(limit: 100).filter { $0.position > position }
        #expect(!audits.isEmpty && audits.allSatisfy { $0.trace?.string == Self.trace }, "\(audits)")
    }

    @Test func `of the event that armed a timeout is found again when that fires`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, traced(ExampleShop.place)] { await shop.send(step) }
        shop.book.advance(by: .minutes(31))
        let events = try await history(shop)
        #expect(events.last?["type"]?.asText == "$timeout")
        #expect(events.last?["trace"] == .null && events.last?["trace_link"]?.asText == Self.trace)
        #expect(events.first?["trace_link"] == nil)
        let page = await shop.send(.init(get: "/v1/orders/order-7/history?after=1"))
        #expect(page.text.contains("\"trace_link\":\"\(Self.trace)\""), "also when the other event is on no page")
    }

    @Test func `is kept with messages that are sent, and with acts`() async throws {
        let shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group, traced(ExampleShop.message)] { await shop.send(step) }
        let received = try JSON(reading: await shop.send(ExampleShop.receiveBooking).body)
        #expect(received["items"]?.elements?.first?["message"]?["traceparent"]?.asText == Self.trace)
        await shop.send(traced(.init(post: "/v1/timeouts/hold", #"{"reason":"a test"}"#)))
        await shop.send(traced(.init(post: "/v1/groups/shipping/dead-letters/redrive", #"{"reason":"a test"}"#)))
        let audits = try JSON(reading: await shop.send(.init(get: "/v1/audit")).body)["items"]?.elements ?? []
        let traced = audits.filter { $0["trace"]?.asText == Self.trace }.compactMap { $0["type"]?.asText }
        #expect(traced == ["$hold", "$redrive"])
    }

    @Test(arguments: [
        "", "00", "00-0-0-0", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", trace + "-x",
        "01-" + trace.dropFirst(3) + "-" + String(repeating: "a", count: 512),
    ])
    func `that is none is ignored, and the request is done`(wrong: String) async throws {
        let shop = try APIShop()
        await shop.send(ExampleShop.stock)
        let placed = await shop.send(traced(ExampleShop.place, wrong))
        #expect(placed.status == 201)
        #expect(try await history(shop).first?["trace"] == .null)
    }
}

/// What has not begun in the time that its sender gives it is not done, whatever it is.
@Suite struct `A request that begins too late` {
    private static let requests: [Example.Step] = [
        ExampleShop.place, ExampleShop.message, ExampleShop.half, ExampleShop.pay,
        .init(post: "/v1/orders/order-7/timeouts/pay_due/extend", #"{"by":"1m","reason":"asked"}"#),
        .init(post: "/v1/timeouts/hold", #"{"reason":"a test"}"#),
        .init(post: "/v1/tokens", #"{"name":"eye","grants":["viewer"],"reason":"a test"}"#),
        Example.Step(.put, "/v1/groups/late", body: "{}"),
        .init(post: "/v1/groups/shipping/look-back", #"{"topic":"ledger","to":"oldest","reason":"a test"}"#),
    ]

    @Test(arguments: requests.indices)
    func `does nothing, and in time it is done`(index: Int) async throws {
        let shop = try APIShop()
        let before = [ExampleShop.stock, ExampleShop.topic, ExampleShop.group] + (index > 2 ? [ExampleShop.place] : [])
        for step in before { await shop.send(step) }
        let step = Self.requests[index]
        var headers = CallHeaders()
        for header in step.headers { headers.add(header.name, header.value) }
        headers.add(.notAfter, "2000")
        let head = API.Head(method: step.method.rawValue, target: step.target, headers: headers, principal: .owner)
        let position = shop.book.vitals.lastPosition
        let late = try shop.api.admit(head, requestID: "r-1")
        shop.book.advance(by: Interval(milliseconds: 2_001))
        let reply = await shop.api.answer(late, body: Array(step.body.utf8))
        #expect(reply.code == "overloaded" && reply.text.contains("Waybill-Not-After-Ms"), "\(reply.text)")
        #expect(shop.book.vitals.lastPosition == position)
        let inTime = try shop.api.admit(head, requestID: "r-2")
        #expect(await (200..<300).contains(shop.api.answer(inTime, body: Array(step.body.utf8)).status))
    }
}
