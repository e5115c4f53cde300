import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

/// What a problem says about a request, a program gets as values, and need not read the sentence.
@Suite struct `The values of a problem` {
    private func values(_ reply: Reply) throws -> JSON {
        try #require(try JSON(reading: reply.body)["values"], "\(reply.text)")
    }

    @Test(arguments: [
        ("/v1/orders?limit=0", #"{"parameter":"limit","value":"0","min":1,"max":1000}"#),
        ("/v1/orders?limit=1&limit=2", #"{"parameter":"limit","max":1}"#),
        ("/v1/me?nothing=1", #"{"parameter":"nothing","known":[]}"#),
        (
            "/v1/timeouts?nothing=1",
            #"{"parameter":"nothing","known":["due_from","due_to","name","order","state","limit","cursor"]}"#
        ),
        ("/v1/orders?cursor=00", #"{"parameter":"cursor"}"#),
        ("/v1/orders?order=random", #"{"parameter":"order","value":"random","known":["oldest","newest"]}"#),
        ("/v1/orders?id=a&id_prefix=b", #"{"parameter":"id"}"#),
        ("/v1/orders?order=newest&id_prefix=b", #"{"parameter":"order"}"#),
        ("/v1/orders/%00", #"{"in":"path"}"#), ("/v1/orders?id=%ff", #"{"in":"query"}"#),
        ("/v1/orders/x?at=yesterday", #"{"parameter":"at","value":"yesterday"}"#),
        ("/v1/orders/x?at_event=7", #"{"parameter":"at_event","value":"7"}"#),
        ("/v1/orders/x?at_event=e7&at=2026-11-29T12:00:00Z", #"{"parameter":"at"}"#),
        ("/v1/half-messages?older_than=old", #"{"parameter":"older_than","value":"old"}"#),
        ("/v1/events?after=7", #"{"parameter":"after","value":"7"}"#),
        ("/v1/messages", #"{"parameters":["id","key","topic"]}"#),
        ("/v1/messages?key=a&cursor=00", #"{"parameter":"cursor"}"#),
    ])
    func `about a target are the parameter, what was sent and what would fit`(
        target: String, expected: String
    ) async throws {
        let reply = try await APIShop(workflows: []).send(.init(get: target))
        #expect(reply.status == 400)
        #expect(reply.text.contains("\"values\":\(expected),"), "\(reply.text)")
    }

    @Test(arguments: [
        ([(RequestHeader.notAfter, "0")], #"{"header":"Waybill-Not-After-Ms","value":"0","min":1,"max":600000}"#),
        ([(.idempotencyKey, "a"), (.idempotencyKey, "b")], #"{"header":"Idempotency-Key"}"#),
    ])
    func `about a header field are its name, what was sent and what would fit`(
        headers: [(RequestHeader, String)], expected: String
    ) async throws {
        let reply = try await APIShop(workflows: []).send(
            .init(post: "/v1/stock/mug/receive", #"{"quantity":1}"#, headers))
        #expect(reply.code == "bad_parameter" && reply.text.contains("\"values\":\(expected),"), "\(reply.text)")
    }

    @Test func `about a filter that no index serves are the attributes that there are`() async throws {
        let reply = try await APIShop().send(.init(get: "/v1/orders?attribute.nothing=1"))
        #expect(reply.code == "not_indexed", "\(reply.text)")
        #expect(try values(reply)["attribute"]?.asText == "nothing")
        #expect(try values(reply)["known"]?.elements?.contains("buyer") == true, "\(reply.text)")
    }

    @Test func `about a missing role are those that the token has`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        let two = Principal(name: "two", grants: [.orders(roles: ["buyer", "seller"])])
        let pay = Example.Step(post: "/v1/orders/order-7/commands/cancel", #"{"reason":"too dear"}"#)
        let reply = await shop.send(pay, as: two)
        #expect(reply.code == "role_missing", "\(reply.text)")
        #expect(try values(reply)["header"]?.asText == "Waybill-Role")
        #expect(try values(reply)["allowed"]?.elements?.compactMap(\.asText).sorted() == ["buyer", "seller"])
        let administrator = await shop.send(pay, as: Principal(name: "admin", grants: [.admin]))
        #expect(try values(administrator)["header"]?.asText == "Waybill-Role", "\(administrator.text)")
    }

    @Test func `about a receive that asks for too much have the maximum`() async throws {
        let shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group] { await shop.send(step) }
        func receive(_ more: String) async -> Reply {
            await shop.send(
                .init(post: "/v1/groups/shipping/receive", "{\"topic\":\"ledger\",\"client\":\"c\",\(more)}"))
        }
        let wait = await receive(#""wait_ms":20001"#)
        #expect(wait.status == 400 && wait.code == "bad_parameter", "\(wait.text)")
        #expect(wait.text.contains(#""values":{"path":"wait_ms","max":20000}"#), "\(wait.text)")
        let most = await receive(#""max":101"#)
        #expect(most.code == "bad_setting", "\(most.text)")
        #expect(try values(most)["max"] == 100)
        // With a message that is there: in virtual time no wait ends by itself.
        await shop.send(ExampleShop.message)
        #expect(await receive(#""max":100,"wait_ms":20000"#).text.contains("booking-9"))
    }
}

/// A batch is all or nothing; the one that is wrong is named by its place.
@Suite struct `A batch of messages` {
    private func send(_ body: String, to topic: String = "ledger", type: String? = nil) async throws -> Reply {
        let shop = try APIShop(workflows: [])
        for step in [
            ExampleShop.topic, Example.Step(.put, "/v1/topics/plain", body: #"{"type":"normal"}"#),
        ] { await shop.send(step) }
        let reply = await shop.send(
            .init(
                post: "/v1/topics/\(topic)/messages", body,
                [(.idempotencyKey, "k")] + (type.map { [(.contentType, $0)] } ?? [])))
        #expect(try await shop.book.messages.find(in: TopicName(topic), from: APIShop.noon, limit: 10).isEmpty)
        return reply
    }

    @Test(arguments: [
        (#"{"priority":10,"data":1}"#, "bad_priority"), (#"{"tag":"a|b","data":1}"#, "bad_tag"),
        (#"{"keys":["a","\u0007"],"data":1}"#, "bad_message_key"),
    ])
    func `names the message that is wrong`(message: String, code: String) async throws {
        let reply = try await send(#"{"messages":[{"data":1},\#(message),{"data":2,"priority":77}]}"#)
        let problem = try JSON(reading: reply.body)
        #expect(reply.code == code, "\(reply.text)")
        #expect(problem["detail"]?.asText?.hasPrefix("messages[1]: ") == true, "\(reply.text)")
        #expect(problem["values"]?["path"]?.asText == "messages[1]")
        #expect(problem["findings"]?.elements?.first?["path"]?.asText == "messages[1]")
        let alone = try await send(message)
        #expect(alone.code == code && !alone.text.contains("messages["), "\(alone.text)")
    }

    @Test func `names the message that its topic does not take`() async throws {
        let reply = try await send(
            #"{"messages":[{"data":1},{"data":1},{"data":1,"deliver_at":"2026-11-29T13:00:00Z"}]}"#, to: "plain")
        #expect(reply.code == "wrong_type" && reply.text.contains(#""path":"messages[2]""#), "\(reply.text)")
    }

    @Test func `of CloudEvents names the event`() async throws {
        func event(_ type: String) -> String {
            #"{"specversion":"1.0","id":"\#(type)","source":"s","type":"\#(type)","data":1}"#
        }
        let reply = try await send(
            "[\(event("paid")),\(event("a|b"))]", type: "application/cloudevents-batch+json")
        #expect(reply.code == "bad_tag" && reply.text.contains(#""path":"[1]""#), "\(reply.text)")
    }

    @Test func `says whether it was sent before`() async throws {
        let shop = try APIShop(workflows: [])
        await shop.send(ExampleShop.topic)
        let step = Example.Step(
            post: "/v1/topics/ledger/messages", #"{"messages":[{"data":1},{"data":2}]}"#, [(.idempotencyKey, "k")])
        let first = try JSON(reading: await shop.send(step).body)
        let second = try JSON(reading: await shop.send(step).body)
        #expect(first["repeated"] == false && second["repeated"] == true)
        #expect(first["items"] == second["items"] && first["items"]?.elements?.count == 2)
    }
}
