import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// Each field of what a consumer asks and answers does what it says.
@Suite struct `What a consumer says` {
    private let shop: APIShop

    init() async throws {
        shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group] { await shop.send(step) }
        for (number, more) in [
            #""tag":"paid","properties":{"a":"1"}"#, #""tag":"sent","properties":{"a":"2"}"#, #""lane":"blue""#,
        ].enumerated() {
            let body = "{\"id\":\"m-\(number + 1)\",\"data\":1,\(more)}"
            let sent = await shop.send(
                Example.Step(.post, "/v1/topics/ledger/messages", [(.idempotencyKey, "\(number)")], body: body))
            try #require(sent.status == 201, "\(sent.text)")
        }
    }

    /// The deliveries that come, each as its id, its attempt and its receipt.
    private func receive(
        _ more: String = "", client: String = "c"
    ) async throws -> [(id: String, attempt: Int64, receipt: String)] {
        let more = more.isEmpty ? "" : ",\(more)"
        let reply = await shop.send(
            .init(post: "/v1/groups/shipping/receive", "{\"topic\":\"ledger\",\"client\":\"\(client)\"\(more)}"))
        try #require(reply.status == 200, "\(reply.text)")
        return try JSON(reading: reply.body)["items"]?.elements?.map { item in
            (
                try #require(item["id"]?.asText), try #require(item["attempt"]?.asInt),
                try #require(item["receipt"]?.asText)
            )
        } ?? []
    }

    private func answer(_ verb: String, _ receipt: String, _ more: String) async throws {
        let reply = await shop.send(
            .init(post: "/v1/groups/shipping/\(verb)", "{\"receipts\":[\"\(receipt)\"],\(more)}"))
        try #require(reply.text.contains(#""result":"done""#), "\(reply.text)")
    }

    private func pass(milliseconds: Int64) { shop.book.advance(by: Interval(milliseconds: milliseconds)) }

    @Test(arguments: [
        (#""tags":"paid""#, ["m-1"]), (#""tags":"paid || sent""#, ["m-1", "m-2"]), (#""sql":"a = '2'""#, ["m-2"]),
        (#""tags":"*","max":1"#, ["m-1"]),
    ])
    func `chooses what it gets`(more: String, ids: [String]) async throws {
        #expect(try await receive(more).map(\.id) == ids)
    }

    @Test func `brings the messages of a lane to its consumers`() async throws {
        #expect(try await receive(#""lane":"blue""#).map(\.id).contains("m-3"))
        #expect(try await !receive().map(\.id).contains("m-3"))
    }

    @Test func `keeps them from others for so long`() async throws {
        #expect(try await receive(#""tags":"paid","invisible_ms":5000"#).map(\.attempt) == [1])
        pass(milliseconds: 4_999)
        #expect(try await receive(#""tags":"paid""#, client: "d").isEmpty)
        pass(milliseconds: 1_001)
        #expect(try await receive(#""tags":"paid""#, client: "d").map(\.attempt) == [2])
    }

    @Test func `keeps them for longer when it says so`() async throws {
        let first = try #require(try await receive(#""tags":"paid""#).first)
        pass(milliseconds: 29_000)
        try await answer("extend", first.receipt, #""invisible_ms":60000"#)
        pass(milliseconds: 59_999)
        #expect(try await receive(#""tags":"paid""#, client: "d").isEmpty)
        pass(milliseconds: 2_001)
        #expect(try await receive(#""tags":"paid""#, client: "d").map(\.attempt) == [2])
    }

    @Test func `keeps them as long as it comes again`() async throws {
        #expect(try await receive(#""tags":"paid","invisible_ms":5000,"renew":true"#).count == 1)
        for _ in 1...4 {
            pass(milliseconds: 4_000)
            #expect(try await receive(#""tags":"paid""#).isEmpty)
            #expect(try await receive(#""tags":"paid""#, client: "d").isEmpty)
        }
    }

    @Test func `lets them come again when it says, and tells why not for ever`() async throws {
        let first = try #require(try await receive(#""tags":"paid""#).first)
        try await answer("fail", first.receipt, #""retry_after_ms":7000,"why":"no printer""#)
        pass(milliseconds: 6_999)
        #expect(try await receive(#""tags":"paid""#).isEmpty)
        pass(milliseconds: 1)
        var again = try #require(try await receive(#""tags":"paid""#).first)
        #expect(again.attempt == 2)
        for attempt in 3...5 {
            try await answer("fail", again.receipt, #""retry_after_ms":0,"why":"no printer""#)
            again = try #require(try await receive(#""tags":"paid""#).first)
            #expect(again.attempt == attempt)
        }
        try await answer("fail", again.receipt, #""why":"no printer, five times""#)
        let letters = await shop.send(.init(get: "/v1/groups/shipping/dead-letters"))
        #expect(letters.text.contains(#"failed: no printer, five times""#), "\(letters.text)")
    }

    @Test func `gives what it has to others when it leaves, and nothing of theirs`() async throws {
        #expect(try await receive(#""max":1"#, client: "c").map(\.id) == ["m-1"])
        #expect(try await receive(#""max":1"#, client: "d").map(\.id) == ["m-2"])
        #expect(await shop.send(.init(post: "/v1/groups/shipping/leave", #"{"client":"c"}"#)).status == 204)
        pass(milliseconds: 999)
        #expect(try await receive(#""max":9"#, client: "e").map(\.id) == ["m-3"], "of a lane without consumers")
        pass(milliseconds: 1_001)
        #expect(try await receive(#""max":9"#, client: "e").map(\.id) == ["m-1"])
        let unknown = await shop.send(.init(post: "/v1/groups/none/leave", #"{"client":"c"}"#))
        #expect(unknown.code == "unknown_group", "\(unknown.text)")
    }
}

/// Each field of a message that is sent comes to who receives it, or does what it says.
@Suite struct `What a sender says` {
    private let shop: APIShop

    init() async throws {
        shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group] { await shop.send(step) }
    }

    private func send(_ body: String, key: String = "k") async throws {
        let sent = await shop.send(
            Example.Step(.post, "/v1/topics/ledger/messages", [(.idempotencyKey, key)], body: body))
        try #require(sent.status == 201, "\(sent.text)")
    }

    private func received() async throws -> [JSON] {
        let reply = await shop.send(.init(post: "/v1/groups/shipping/receive", #"{"topic":"ledger","client":"c"}"#))
        return try JSON(reading: reply.body)["items"]?.elements ?? []
    }

    @Test func `comes to who receives it`() async throws {
        try await send(
            #"""
            {"id":"m","tag":"t","keys":["k-1","k-2"],"message_group":"ann","properties":{"a":"1"},
             "data_base64":"AAH/"}
            """#)
        try await send(#"{"id":"n","data":1,"priority":3}"#, key: "n")
        let messages = try await received()
        #expect(messages.map { $0["priority"] } == [3, 0], "what has a priority comes first")
        let message = try #require(messages.last)
        #expect(message["id"] == "m" && message["tag"] == "t" && message["keys"] == ["k-1", "k-2"])
        #expect(message["message_group"] == "ann", "\(message)")
        #expect(message["properties"] == ["a": "1"])
        #expect(message["message"]?["data_base64"]?.asText == "AAH/", "\(message)")
    }

    @Test func `is the time before which no one gets it`() async throws {
        try await send(#"{"id":"m","data":1,"deliver_at":"2026-11-29T12:30:00Z"}"#)
        shop.book.advance(by: Interval(milliseconds: 30 * 60_000 - 1))
        #expect(try await received().isEmpty)
        shop.book.advance(by: Interval(milliseconds: 1))
        #expect(try await received().count == 1)
    }

    @Test func `is as many messages as there are`() async throws {
        try await send(#"{"messages":[{"data":1},{"data":2},{"data":3}]}"#)
        #expect(try await received().count == 3)
        let both = Example.Step(
            .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "b")], body: #"{"data":1,"messages":[{"data":2}]}"#)
        #expect(await shop.send(both).code == "bad_data")
    }
}
