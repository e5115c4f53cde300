import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// Requests that are wrong get a typed answer, and nothing is done.
@Suite struct `A request that is wrong` {
    private static let place = "/v1/stock/mug/receive"

    @Test(arguments: [
        (#"{"quantity":1,"quantity":2}"#, "bad_json"), (#"{"quantity":1}x"#, "bad_json"), ("", "bad_json"),
        ("\u{FEFF}{}", "bad_json"), (#"{"quantity":1.5}"#, "bad_data"), (#"{"quantity":1e3}"#, "bad_data"),
        (#"{"quantity":9007199254740992}"#, "bad_data"), (#"{"quantity":"1"}"#, "bad_data"), ("{}", "bad_data"),
        (#"{"quantity":0}"#, "bad_data"), (#"{"quantity":1,"extra":1}"#, "bad_data"),
        (#"{"quantity":1,"note":"a\u0000b"}"#, "bad_data"), ("[]", "bad_json"), (#"{"quantity":null}"#, "bad_data"),
    ])
    func `in its body is refused with where and why`(body: String, code: String) async throws {
        let shop = try APIShop(workflows: [])
        let reply = await shop.send(.init(post: Self.place, body))
        #expect(reply.code == code, "\(reply.text)")
        #expect(try await shop.book.stock(StockKey(sku: "mug")) == nil)
    }

    @Test(arguments: [
        ("/v1/orders?limit=0", "bad_parameter"), ("/v1/orders?limit=1&limit=2", "bad_parameter"),
        ("/v1/orders?nothing=1", "bad_parameter"), ("/v1/orders?cursor=00", "bad_cursor"),
        ("/v1/orders?attribute.nothing=1", "not_indexed"), ("/v1/orders/%00", "bad_parameter"),
        ("/v1/orders/%ff", "bad_parameter"), ("/v1/orders/%c0%af", "bad_parameter"), ("/v1/orders/%2", "bad_parameter"),
        ("/v1//orders", "not_found"), ("/v1/orders/", "not_found"), ("/v1/orders//history", "not_found"),
        ("/v1/orders/a/b/c", "not_found"), ("v1/orders", "bad_request"),
        ("/v1/orders/x?at=yesterday", "bad_parameter"), ("/v1/orders/x?at_event=7", "bad_parameter"),
        ("/v1/stock?prefix=" + String(repeating: "a", count: 1_025), "bad_parameter"),
        ("/" + String(repeating: "a", count: 9_000), "target_too_long"), ("/v1/orders/nothing", "unknown_order"),
    ])
    func `in its target is refused by name`(target: String, code: String) async throws {
        let reply = try await APIShop(workflows: []).send(.init(get: target))
        #expect(reply.code == code, "\(reply.text)")
    }

    @Test(arguments: [
        ([(RequestHeader.idempotencyKey, "a"), (.idempotencyKey, "b")], "bad_parameter"),
        ([(.idempotencyKey, "")], "bad_key"), ([(.idempotencyKey, "a\u{E9}")], "bad_key"),
        ([(.contentType, "text/plain")], "unsupported_media_type"),
        ([(.contentEncoding, "gzip")], "unsupported_media_type"),
        ([(.notAfter, "0")], "bad_parameter"), ([(.notAfter, "600001")], "bad_parameter"),
        ([(.notAfter, "-1")], "bad_parameter"), ([(.contentLength, "-1")], "bad_request"),
        ([(.contentLength, "999999999")], "too_large"),
    ])
    func `in its header fields is refused by name`(headers: [(RequestHeader, String)], code: String) async throws {
        let reply = try await APIShop(workflows: []).send(Example.Step(.post, Self.place, headers))
        #expect(reply.code == code, "\(reply.text)")
    }

    @Test(arguments: [
        ("/v1/groups/shipping/acknowledge", "receipts", 101, "\"00\""),
        ("/v1/topics/ledger/messages", "messages", 33, "{\"data\":1}"),
    ])
    func `with more than may come at once is refused with the limit`(
        target: String, field: String, count: Int, element: String
    ) async throws {
        let shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group] { await shop.send(step) }
        func body(_ count: Int) -> String {
            "{\"\(field)\":[\(Array(repeating: element, count: count).joined(separator: ","))]}"
        }
        let beyond = await shop.send(.init(post: target, body(count), [(.idempotencyKey, "k")]))
        #expect(beyond.status == 400 && beyond.text.contains("\"max\":\(count - 1)"), "\(beyond.text)")
        let within = await shop.send(.init(post: target, body(count - 1), [(.idempotencyKey, "l")]))
        #expect(within.status < 300, "\(within.text)")
        let wait = await shop.send(.init(post: "/v1/producers/bank/checks", #"{"wait_ms":20001}"#))
        #expect(wait.status == 400 && wait.text.contains("\"max\":20000"), "\(wait.text)")
    }

    @Test(arguments: [
        (#"{"a":1,"a":2}"#, false), (#"{"a":[{"b":1,"b":1}]}"#, false), (#"["a\u0000b"]"#, false),
        (#"{"a":1.5}"#, false), (#"[9007199254740992]"#, false), (#"{"a":9007199254740991}"#, true),
        (String(repeating: "[", count: 48) + String(repeating: "]", count: 48), true),
        (String(repeating: "[", count: 49) + String(repeating: "]", count: 49), false),
    ])
    func `in the body of a message is refused as deep as it lies`(data: String, isTaken: Bool) async throws {
        let shop = try APIShop(workflows: [])
        await shop.send(ExampleShop.topic)
        let reply = await shop.send(
            Example.Step(
                .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "k")], body: "{\"data\":\(data)}"))
        #expect(reply.status == (isTaken ? 201 : 400) && reply.code == (isTaken ? nil : "bad_json"), "\(reply.text)")
    }

    @Test func `with a number that libraries round is refused, in the data of a command too`() async throws {
        let shop = try APIShop()
        await shop.send(ExampleShop.stock)
        func place(_ id: String, _ cents: String) -> Example.Step {
            let body = ExampleShop.place.body.replacing("order-7", with: id).replacing("600", with: cents)
            return Example.Step(.post, "/v1/orders", [(.idempotencyKey, id), (.role, "buyer")], body: body)
        }
        let reply = await shop.send(place("o-1", "9007199254740992"))
        #expect(reply.code == "bad_json" && reply.text.contains("data.freight_cents"), "\(reply.text)")
        #expect(try await shop.book.order("o-1") == nil)
        #expect(await shop.send(place("o-2", "600")).status == 201)
        let text = ExampleShop.place.body.replacing("order-7", with: "o-3")
            .replacing("\"ann\"", with: "\"12345678901234567890\"")
        let long = Example.Step(.post, "/v1/orders", [(.idempotencyKey, "o-3"), (.role, "buyer")], body: text)
        #expect(await shop.send(long).status == 201, "digits of a text are none of a number")
        let pay = Example.Step(
            .post, "/v1/orders/o-2/commands/pay", [(.role, "payments")],
            body: #"{"payment":"p-1","channel":"card","amount_cents":9007199254740993}"#)
        #expect(await shop.send(pay).code == "bad_json")
    }

    @Test(arguments: [
        #"{"payment":"#, "garbage", "\u{FEFF}{}", #"{"payment":"p-1"}x"#, #"{"payment":"p-1","payment":"p-2"}"#,
        #"{"payment":"a\u0000b"}"#, #"{"amount_cents":9007199254740993}"#,
        String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
    ])
    func `of a command that is no JSON is refused with its byte, whether there is its order or not`(body: String)
        async throws
    {
        let shop = try APIShop()
        for order in ["order-7", "none"] {
            await shop.send(ExampleShop.stock)
            await shop.send(ExampleShop.place)
            let pay = Example.Step(.post, "/v1/orders/\(order)/commands/pay", [(.role, "payments")], body: body)
            let reply = await shop.send(pay)
            #expect(reply.status == 400 && reply.code == "bad_json", "\(reply.text)")
            #expect(reply.text.contains(#""offset":"#), "\(reply.text)")
        }
        #expect(try await shop.book.order("order-7")?.version == 1)
    }

    @Test func `has no more of its path in the problem than the document says`() async throws {
        let path = "/v1/orders/" + String(repeating: "a", count: 3_000)
        let problem = try JSON(reading: await APIShop(workflows: []).send(.init(get: path)).body)
        #expect(problem["instance"]?.asText == String(path.prefix(1_024)))
    }

    @Test func `in its path is decoded once`() async throws {
        let shop = try APIShop(workflows: [])
        for (path, id) in [("a%2Fb", "a/b"), ("a%252Fb", "a%2Fb"), ("%C3%A9+%20", "\u{E9}+ ")] {
            let problem = try JSON(reading: await shop.send(.init(get: "/v1/orders/\(path)")).body)
            #expect(problem["values"]?["order"]?.asText == id, "\(path)")
        }
    }

    @Test func `about a method gets the methods that are taken`() async throws {
        let reply = try await APIShop(workflows: []).send(Example.Step(.delete, "/v1/orders/a"))
        #expect(reply.status == 405)
        #expect(reply.headers.contains { $0 == ("allow", "GET, HEAD, OPTIONS") })
    }

    @Test func `about another list cannot go on with a cursor`() async throws {
        let shop = try APIShop(workflows: [])
        await shop.send(.init(post: "/v1/stock/mug/receive", #"{"quantity":1}"#))
        await shop.send(.init(post: "/v1/stock/pen/receive", #"{"quantity":1}"#))
        let first = await shop.send(.init(get: "/v1/stock?limit=1"))
        let cursor = try #require(try JSON(reading: first.body)["next"]?.asText)
        let second = await shop.send(.init(get: "/v1/stock?limit=1&cursor=\(cursor)"))
        #expect(second.text.contains("\"pen\""))
        #expect(await shop.send(.init(get: "/v1/topics?cursor=\(cursor)")).code == "bad_cursor")
    }
}
