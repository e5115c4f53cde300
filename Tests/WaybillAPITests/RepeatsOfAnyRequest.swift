import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

/// What is not about one order or stock has keys too: the stored answer is given again, and nothing is done.
@Suite struct `A request that is sent again under its key` {
    private let shop: APIShop

    init() async throws {
        shop = try APIShop()
        for step in [ExampleShop.topic, ExampleShop.group, ExampleShop.message] { await shop.send(step) }
    }

    private static let half = "/v1/half-messages/540106ca9f2d2c43b7a02c3ffd97676283e7c4"

    private static let acts: [Example.Step] = [
        Example.Step(.post, "/v1/timeouts/hold", body: #"{"reason":"payments are down"}"#),
        Example.Step(.post, "/v1/timeouts/release", body: #"{"reason":"payments are back"}"#),
        Example.Step(.post, "/v1/clock/confirm", body: #"{"reason":"NTP was set"}"#),
        Example.Step(
            .post, "/v1/groups/shipping/dead-letters/redrive", body: #"{"reason":"the consumer is mended"}"#),
        Example.Step(
            .post, "/v1/groups/shipping/look-back",
            body: #"{"topic":"ledger","to":"oldest","reason":"a parcel was lost"}"#),
        Example.Step(.post, "/v1/lanes/blue/close", body: #"{"end":"promoted","reason":"it works"}"#),
        ExampleShop.half, ExampleShop.delayed,
    ]

    @Test(arguments: acts.indices)
    func `gets the first answer, marked as replayed`(index: Int) async throws {
        let step = Self.acts[index].under("again-\(index)")
        if step.target.hasPrefix("/v1/lanes/blue") { await shop.send(ExampleShop.laneMessage) }
        let first = await shop.send(step)
        let written = shop.book.vitals.lastPosition
        let second = await shop.send(step)
        #expect((200..<300).contains(first.status), "\(first.text)")
        #expect(second.status == first.status && second.text == first.text.saidAgain)
        #expect(!first.isReplayed && second.isReplayed)
        #expect(shop.book.vitals.lastPosition == written, "the repeat has done something")
    }

    @Test func `is an operation again when one is stopped twice`() async throws {
        await shop.send(ExampleShop.stock)
        await shop.send(ExampleShop.place)
        let change = #"""
            {"filter":{"status":"awaiting payment"},"name":"pay_due","action":{"extend":"15m"},"reason":"they are late"}
            """#
        #expect(await shop.send(Example.Step(.post, "/v1/operations/timeouts", body: change)).status == 202)
        let stop = Example.Step(.post, "/v1/operations/o1/stop", body: #"{"reason":"a mistake"}"#).under("stop")
        let first = await shop.send(stop)
        let second = await shop.send(stop)
        #expect(first.status == 200 && second.text == first.text, "\(first.text) \(second.text)")
        #expect(!first.isReplayed && second.isReplayed)
    }

    @Test func `is the same however its members are ordered and spaced, and another one is refused`() async throws {
        let send = { (body: String) in
            await shop.send(
                Example.Step(.post, "/v1/topics/ledger/messages", [(.idempotencyKey, "one")], body: body))
        }
        let first = await send(#"{"tag":"paid","data":{"a":1,"b":[true,null]}}"#)
        let second = await send("{ \"data\" : {\"b\":[true,null], \"\\u0061\":1}, \"tag\":\"paid\" }")
        #expect(first.status == 201 && second.text == first.text.saidAgain && second.isReplayed)
        #expect(await send(#"{"tag":"paid","data":{"a":2,"b":[true,null]}}"#).code == "key_reused")
        #expect(try await shop.book.messages.find(in: "ledger", from: APIShop.noon, limit: 10).count == 2)
    }

    @Test func `is none of another caller, nor of another operation`() async throws {
        let step = ExampleShop.message
        let other = Principal(name: "other", grants: [.producer(NamePattern("ledger"))])
        #expect(await shop.send(step).isReplayed)
        #expect(await !shop.send(step, as: other).isReplayed)
        let stock = Example.Step(.post, "/v1/stock/mug/receive", [(.idempotencyKey, "b-9")], body: #"{"quantity":7}"#)
        #expect(await shop.send(stock).code == "key_reused")
        await shop.send(ExampleShop.stock)
        let send = Example.Step(
            .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "delivery-1")], body: #"{"data":1}"#)
        #expect(await shop.send(send).code == "key_reused")
    }

    @Test func `is another one with another verb, query, lane or name in its path`() async throws {
        let half = try JSON(reading: await shop.send(ExampleShop.half).body)
        let commit = try #require(half["commit_url"]?.asText)
        await shop.send(Example.Step(.put, "/v1/groups/billing", body: "{}"))
        let redrive = #"{"reason":"the consumer is mended"}"#
        let pairs = [
            (Example.Step(post: commit, "{}"), Example.Step(post: commit + "2", "{}")),
            (
                Example.Step(post: "/v1/groups/shipping/dead-letters/redrive", redrive),
                Example.Step(post: "/v1/groups/billing/dead-letters/redrive", redrive)
            ),
            (
                Example.Step(post: "/v1/clock/confirm", #"{"reason":"a test"}"#),
                Example.Step(post: "/v1/timeouts/hold", #"{"reason":"a test"}"#)
            ),
            (
                Example.Step(post: "/v1/topics/ledger/messages", #"{"data":1}"#),
                Example.Step(post: "/v1/topics/ledger/messages", #"{"data":1}"#, [(.lane, "blue")])
            ),
        ]
        for (number, (one, other)) in pairs.enumerated() {
            let first = await shop.send(one.under("pair-\(number)"))
            #expect((200..<300).contains(first.status), "\(first.text)")
            #expect(await shop.send(other.under("pair-\(number)")).code == "key_reused", "\(other.target)")
            #expect(await shop.send(one.under("pair-\(number)")).isReplayed)
        }
    }

    @Test func `has its key with or without quotes, of 255 letters at most`() async throws {
        let hold = Example.Step(post: "/v1/timeouts/hold", #"{"reason":"a test"}"#)
        #expect(await !shop.send(hold.under("h")).isReplayed)
        #expect(await shop.send(hold.under("\"h\"")).isReplayed)
        #expect(await shop.send(hold.under(String(repeating: "k", count: 255))).status == 200)
        #expect(await shop.send(hold.under(String(repeating: "k", count: 256))).code == "bad_key")
    }

    @Test func `gives each of its messages the id that it had`() async throws {
        let step = Example.Step(
            .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "many")],
            body: #"{"messages":[{"data":1},{"data":2},{"id":"own","data":3}]}"#)
        let first = await shop.send(step, requestID: "r-1")
        let ids = try JSON(reading: first.body)["items"]?.elements?.compactMap { $0["id"]?.asText } ?? []
        #expect(Set(ids).count == 3 && ids.last == "own", "\(first.text)")
        #expect(await shop.send(step, requestID: "r-2").text == first.text.saidAgain)
        // Another server makes the same ones: consumers know them again when a sender comes to a copy of the file.
        let other = try APIShop(seed: 2)
        await other.send(ExampleShop.topic)
        #expect(await other.send(step, requestID: "r-3").text == first.text)
        let sent = try await shop.book.messages.find(in: "ledger", from: APIShop.noon, limit: 10)
        #expect(sent.count == 4)
    }

    @Test func `gets no secret of a token again`() async throws {
        let step = Example.Step(
            .post, "/v1/tokens", [(.idempotencyKey, "t")],
            body: #"{"name":"eye","grants":["viewer"],"reason":"a test"}"#)
        let first = await shop.send(step)
        let second = await shop.send(step)
        #expect(first.text.contains("\"token\":") && !second.text.contains("\"token\":"))
        #expect(second.isReplayed && second.status == 201)
        #expect(try JSON(reading: first.body)["id"] == JSON(reading: second.body)["id"])
    }

    @Test func `is not done when it begins too late`() async throws {
        let body = Array(#"{"quantity":7}"#.utf8)
        var headers = CallHeaders()
        headers.add(.notAfter, "2000")
        let head = API.Head(
            method: "POST", target: "/v1/stock/mug/receive", headers: headers, principal: .owner)
        let late = try shop.api.admit(head, requestID: "r-1")
        shop.book.advance(by: Interval(milliseconds: 2_001))
        #expect(await shop.api.answer(late, body: body).code == "overloaded")
        #expect(try await shop.book.stock(StockKey(sku: "mug")) == nil)
        let inTime = try shop.api.admit(head, requestID: "r-2")
        shop.book.advance(by: Interval(milliseconds: 2_000))
        #expect(await shop.api.answer(inTime, body: body).status == 200)
    }
}

extension Example.Step {
    /// The same under a key.
    fileprivate func under(_ key: String) -> Example.Step {
        let others = headers.filter { $0.name != .idempotencyKey }.map { ($0.name, $0.value) }
        return Example.Step(method, target, others + [(.idempotencyKey, key)], body: body)
    }
}

extension Reply {
    fileprivate var isReplayed: Bool { headers.contains { $0 == ("idempotency-replayed", "true") } }
}

extension String {
    /// An answer as a repeat gives it: the same, but that it says so where it says anything about it.
    fileprivate var saidAgain: String { replacing("\"repeated\":false", with: "\"repeated\":true") }
}
