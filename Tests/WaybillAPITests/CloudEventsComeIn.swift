import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// Programs that speak CloudEvents send messages without a form of Waybill's.
@Suite struct `A CloudEvent` {
    private let shop: APIShop
    private static let one = "application/cloudevents+json"
    private static let batch = "application/cloudevents-batch+json; charset=utf-8"
    private static let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    init() async throws {
        shop = try APIShop(workflows: [])
        await shop.send(ExampleShop.topic)
    }

    private func send(_ body: String, as type: String = one, key: String = "k") async -> Reply {
        await shop.send(
            .init(
                post: "/v1/topics/ledger/messages", body, [(.contentType, type), (.idempotencyKey, key)]))
    }

    private func event(_ id: String, _ more: String = #""data":{"amount_cents":5300}"#) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"https://bank.example","type":"paid",\#(more)}"#
    }

    @Test func `becomes a message with its id, tag, key, group, trace, properties and body`() async throws {
        let reply = await send(
            event(
                "b-1",
                """
                "subject":"order-7","partitionkey":"ann","traceparent":"\(Self.trace)","time":"2026-11-29T11:00:00Z",
                "datacontenttype":"application/json","region":"east","retries":3,"test":false,"gone":null,
                "data":{"amount_cents":5300,"of":[1,null]}
                """))
        #expect(reply.status == 201, "\(reply.text)")
        #expect(reply.text.contains(#""id":"b-1""#), "\(reply.text)")
        let message = try #require(try await shop.book.messages.find(id: "b-1").first)
        #expect(message.tag == "paid" && message.keys == ["order-7"] && message.messageGroup == "ann")
        #expect(String(decoding: message.body, as: UTF8.self) == #"{"amount_cents":5300,"of":[1,null]}"#)
        #expect(
            message.properties == [
                "source": "https://bank.example", "time": "2026-11-29T11:00:00Z",
                "datacontenttype": "application/json", "region": "east", "retries": "3", "test": "false",
            ])
        let got = await shop.send(
            .init(post: "/v1/groups/shipping/receive", #"{"topic":"ledger","tags":"paid","client":"c"}"#))
        #expect(got.text.contains(Self.trace) && got.text.contains(#""data":{"amount_cents":5300,"of":[1,null]}"#))
    }

    @Test func `with other data than JSON brings its text or its bytes`() async throws {
        #expect(await send(event("x", #""datacontenttype":"text/xml","data":"<a/>""#), key: "1").status == 201)
        #expect(await send(event("y", #""data_base64":"AAEC""#), key: "2").status == 201)
        #expect(
            await send(event("z", #""datacontenttype":"application/vnd.a+json","data":"<a/>""#), key: "3").status == 201
        )
        func body(_ id: MessageID) async throws -> [UInt8]? { try await shop.book.messages.find(id: id).first?.body }
        #expect(try await body("x") == Array("<a/>".utf8))
        #expect(try await body("y") == [0, 1, 2])
        #expect(try await body("z") == Array(#""<a/>""#.utf8))
    }

    @Test func `comes alone or in a batch of up to 32, all in one commit`() async throws {
        let some = "[\((1...32).map { event("b-\($0)") }.joined(separator: ","))]"
        let reply = await send(some, as: Self.batch)
        #expect(reply.status == 201, "\(reply.text)")
        #expect(try JSON(reading: reply.body)["items"]?.elements?.count == 32)
        let more = "[\((33...65).map { event("b-\($0)") }.joined(separator: ","))]"
        let refused = await send(more, as: Self.batch, key: "more")
        #expect(refused.status == 400 && refused.text.contains(#""max":32"#), "\(refused.text)")
        let half = await send("[\(event("c-1")),{\"specversion\":\"1.0\"}]", as: Self.batch, key: "half")
        #expect(half.code == "bad_data" && half.text.contains("[1].source"), "\(half.text)")
        #expect(try await shop.book.messages.find(id: "c-1").isEmpty)
    }

    @Test func `is sent once under its key, as any message`() async throws {
        let first = await send(event("b-1"))
        let second = await send(event("b-1"))
        #expect(
            first.status == 201 && second.text == first.text.replacing("\"repeated\":false", with: "\"repeated\":true"))
        #expect(second.headers.contains { $0 == ("idempotency-replayed", "true") })
        #expect(await send(event("b-2")).code == "key_reused")
        #expect(try await shop.book.messages.find(id: "b-1").count == 1)
    }

    @Test(arguments: [
        (#"{"specversion":"0.3","id":"a","source":"s","type":"t"}"#, "specversion"),
        (#"{"specversion":"1.0","id":"","source":"s","type":"t"}"#, "id"),
        (#"{"specversion":"1.0","id":"a","type":"t"}"#, "source"),
        (#"{"specversion":"1.0","id":"a","source":"s"}"#, "type"),
        (#"{"specversion":"1.0","id":7,"source":"s","type":"t"}"#, "id"),
        (#"{"specversion":"1.0","id":"a","source":"s","type":"t","My-Name":"x"}"#, "My-Name"),
        (#"{"specversion":"1.0","id":"a","source":"s","type":"t","more":{}}"#, "more"),
        (#"{"specversion":"1.0","id":"a","source":"s","type":"t","data":1,"data_base64":"AA=="}"#, "data"),
        (#"{"specversion":"1.0","id":"a","source":"s","type":"t","data_base64":"%"}"#, "data_base64"),
        ("[]", ""), ("7", ""), ("", ""),
    ])
    func `that is none is refused with its place`(body: String, place: String) async throws {
        let reply = await send(body)
        #expect((400..<500).contains(reply.status) && reply.text.contains(place), "\(reply.text)")
        let batch = await send("[\(body)]", as: Self.batch)
        #expect((400..<500).contains(batch.status), "\(batch.text)")
    }

    @Test func `is taken where messages are sent, and nowhere else`() async throws {
        let reply = await shop.send(
            .init(post: "/v1/half-messages", event("b-1"), [(.contentType, Self.one)]))
        #expect(reply.status == 415, "\(reply.text)")
    }
}
