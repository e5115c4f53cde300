import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

/// Keys, versions and roles of commands.
@Suite struct `A command over the API` {
    @Test func `is done once under its key, and the repeat says so`() async throws {
        let shop = try APIShop()
        await shop.send(ExampleShop.stock)
        let first = await shop.send(ExampleShop.place)
        let second = await shop.send(ExampleShop.place)
        #expect(first.status == 201 && second.status == 201)
        #expect(second.text.contains("\"repeated\":true"))
        #expect(second.headers.contains { $0 == ("idempotency-replayed", "true") })
        #expect(try await shop.book.stock(StockKey(sku: "mug"))?.reserved == 2)
    }

    @Test func `of a stock or a timeout is done once under its key, and the repeat says so`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        for (target, body) in [
            ("/v1/stock/mug/receive", #"{"quantity":5}"#),
            ("/v1/orders/order-7/timeouts/pay_due/extend", #"{"by":"1m"}"#),
        ] {
            let step = Example.Step(post: target, body, [(.idempotencyKey, target)])
            let (first, second) = (await shop.send(step), await shop.send(step))
            #expect(first.status == 200 && first.text.contains("\"repeated\":false"), "\(first.text)")
            #expect(!first.headers.contains { $0.name == "idempotency-replayed" })
            #expect(second.status == 200 && second.text.contains("\"repeated\":true"), "\(second.text)")
            #expect(second.headers.contains { $0 == ("idempotency-replayed", "true") }, "\(target)")
        }
        #expect(try await shop.book.stock(StockKey(sku: "mug"))?.free == 103)
        #expect(try await shop.book.order("order-7")?.version == 2)
    }

    @Test func `is refused when its key was used for another`() async throws {
        let shop = try APIShop()
        await shop.send(ExampleShop.stock)
        let other = Example.Step(
            .post, "/v1/stock/mug/receive", [(.idempotencyKey, "delivery-1")], body: #"{"quantity":7}"#)
        #expect(await shop.send(other).code == "key_reused")
        await shop.send(ExampleShop.place)
        let more = ExampleShop.place.body.replacing("\"qty\":2", with: "\"qty\":3")
        let again = Example.Step(.post, "/v1/orders", [(.idempotencyKey, "cart-42"), (.role, "buyer")], body: more)
        #expect(await shop.send(again).code == "key_reused")
        let cancel = Example.Step(
            .post, "/v1/orders/order-7/commands/cancel", [(.idempotencyKey, "cart-42"), (.role, "buyer")],
            body: #"{"reason":"too dear"}"#)
        #expect(await shop.send(cancel).code == "key_reused")
        #expect(try await shop.book.order("order-7")?.version == 1)
        #expect(try await shop.book.stock(StockKey(sku: "mug"))?.reserved == 2)
    }

    @Test func `needs one where a repeat would do it again`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.topic] { await shop.send(step) }
        for step in [
            Example.Step(.post, "/v1/orders", [(.role, "buyer")], body: ExampleShop.place.body),
            Example.Step(post: "/v1/topics/ledger/messages", #"{"data":1}"#),
        ] { #expect(await shop.send(step).code == "key_missing", "\(step.target)") }
        #expect(try await shop.book.order("order-7") == nil)
        #expect(try await shop.book.messages.find(in: "ledger", from: APIShop.noon, limit: 1).isEmpty)
    }

    @Test func `places an order whose id follows from the key when it has none`() async throws {
        let shop = try APIShop()
        await shop.send(ExampleShop.stock)
        let body = ExampleShop.place.body.replacing(#""id":"order-7","#, with: "")
        let step = Example.Step(.post, "/v1/orders", [(.idempotencyKey, "k"), (.role, "buyer")], body: body)
        let first = try JSON(reading: await shop.send(step, requestID: "r-1").body)
        let second = try JSON(reading: await shop.send(step, requestID: "r-2").body)
        #expect(first["order"]?.asText != nil && first["order"] == second["order"])
        #expect(second["repeated"]?.asBool == true)
        let other = Principal(name: "web", grants: [.orders(roles: ["buyer"])])
        let third = try JSON(reading: await shop.send(step, as: other, requestID: "r-1").body)
        #expect(third["repeated"]?.asBool == false && third["order"] != first["order"], "another caller's key")
    }

    @Test func `at another version tells what its sender has missed`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place, ExampleShop.pay] { await shop.send(step) }
        let late = Example.Step(
            .post, "/v1/orders/order-7/commands/cancel", [(.role, "buyer"), (.ifMatch, "\"1\"")],
            body: #"{"reason":"too dear"}"#)
        let reply = await shop.send(late)
        #expect(reply.status == 412)
        #expect(try JSON(reading: reply.body)["missed"]?.elements?.first?["type"]?.asText == "pay")
    }

    @Test func `is sent in the one role of a token, and in no other`() async throws {
        let shop = try APIShop()
        await shop.send(ExampleShop.stock)
        let buyer = Principal(name: "shop", grants: [.orders(roles: ["buyer"])])
        let both = Principal(name: "desk", grants: [.orders(roles: ["buyer", "seller"])])
        let unnamed = Example.Step(.post, "/v1/orders", [(.idempotencyKey, "k")], body: ExampleShop.place.body)
        #expect(await shop.send(unnamed, as: both).code == "role_missing")
        #expect(await shop.send(unnamed).code == "role_missing")
        let admin = Principal(name: "chief", grants: [.admin, .orders(roles: ["buyer"])])
        let refused = await shop.send(unnamed, as: admin)
        #expect(refused.status == 400 && refused.code == "role_missing", "\(refused.text)")
        #expect(await shop.send(unnamed, as: buyer).status == 201)
        #expect(await shop.send(ExampleShop.pay, as: buyer).code == "wrong_role")
    }

    @Test func `of an unpaid order comes too late when its time is over`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        shop.book.advance(by: .minutes(31))
        let reply = await shop.send(.init(get: "/v1/orders/order-7"))
        #expect(try JSON(reading: reply.body)["status"]?.asText == "closed")
        #expect(try await shop.book.stock(StockKey(sku: "mug"))?.free == 100)
    }
}

/// Tokens made over the API open what they say, until they are revoked or expire.
@Suite struct `A token` {
    private func made(in shop: APIShop) async throws -> (id: String, token: String) {
        let reply = await shop.send(
            .init(post: "/v1/tokens", #"{"name":"eye","grants":["viewer"],"expires_in":"1h","reason":"a test"}"#))
        let json = try JSON(reading: reply.body)
        return (try #require(json["id"]?.asText), try #require(json["token"]?.asText))
    }

    @Test func `takes its grants as texts and as objects, and names the one that is wrong`() async throws {
        let shop = try APIShop(workflows: [])
        func reply(_ grants: String) async -> Reply {
            await shop.send(.init(post: "/v1/tokens", #"{"name":"desk","reason":"a test","grants":\#(grants)}"#))
        }
        let made = try JSON(reading: await reply(#"["stock",{"orders":["buyer","seller"]}]"#).body)
        #expect(made["grants"]?.elements?.map(\.asText) == ["stock", "orders:buyer,seller"])
        for wrong in [#"["viewer",7]"#, #"["viewer",{}]"#, #"["viewer",{"orders":"buyer"}]"#, #"["viewer","viewr"]"#] {
            let refused = try JSON(reading: await reply(wrong).body)
            #expect(
                refused["code"]?.asText == "bad_data" && refused["values"]?["path"]?.asText == "grants[1]", "\(wrong)")
        }
    }

    @Test func `opens until it is revoked`() async throws {
        let shop = try APIShop(workflows: [])
        let made = try await made(in: shop)
        #expect(await shop.send(.init(get: "/v1/stock"), token: made.token).status == 200)
        #expect(await shop.send(.init(post: "/v1/tokens", "{}"), token: made.token).code == "forbidden")
        await shop.send(.init(post: "/v1/tokens/\(made.id)/revoke", #"{"reason":"lost"}"#))
        #expect(await shop.send(.init(get: "/v1/stock"), token: made.token).code == "unauthenticated")
    }

    @Test func `opens until it expires`() async throws {
        let shop = try APIShop(workflows: [])
        let token = try await made(in: shop).token
        shop.book.advance(by: .minutes(59))
        let me = await shop.send(.init(get: "/v1/me"), token: token)
        #expect(me.status == 200 && me.text.contains(#""name":"eye""#) && me.text.contains("viewer"), "\(me.text)")
        shop.book.advance(by: .minutes(1))
        #expect(await shop.send(.init(get: "/v1/me"), token: token).code == "unauthenticated")
    }

    @Test func `is the same to a server that opens the file anew`() async throws {
        let shop = try APIShop(workflows: [])
        let (lost, kept) = (try await made(in: shop), try await made(in: shop))
        await shop.send(.init(post: "/v1/tokens/\(lost.id)/revoke", #"{"reason":"lost"}"#))
        let table = TokenTable(try shop.book.engine.accessTokens().compactMap { AccessToken($0) })
        let now = shop.book.now
        #expect(table.principal(Text(lost.token), at: now) == nil)
        #expect(table.all.first { $0.id.string == lost.id }?.revokedAt == now)
        let principal = try #require(table.principal(Text(kept.token), at: now.advanced(by: .minutes(59))))
        #expect(principal.name == "eye" && principal.grants == [.viewer] && principal.token?.string == kept.id)
        #expect(table.principal(Text(kept.token), at: now.advanced(by: .hours(1))) == nil)
    }

    @Test func `that is changed in one letter opens nothing`() async throws {
        let shop = try APIShop(workflows: [])
        let token = try await made(in: shop).token
        for index in token.indices where token[index] != "-" {
            let letter = token[index] == "a" ? "b" : "a"
            let changed = token[..<index] + letter + token[token.index(after: index)...]
            #expect(await shop.send(.init(get: "/v1/me"), token: String(changed)).code == "unauthenticated")
            let isOfSecret = token.distance(from: index, to: token.endIndex) <= 53
            if isOfSecret { #expect(TokenText(Text(String(changed))) == nil, "its last letter tells a slip") }
        }
    }

    @Test func `of one holder opens nothing with the secret of another`() async throws {
        let shop = try APIShop(workflows: [])
        let (one, other) = (try await made(in: shop).token, try await made(in: shop).token)
        let secret = try #require(other.split(separator: "-").last)
        let mixed = one.split(separator: "-").dropLast().joined(separator: "-") + "-\(secret)"
        #expect(TokenText(Text(mixed)) != nil, "it has the form of a token")
        #expect(await shop.send(.init(get: "/v1/me"), token: mixed).code == "unauthenticated")
        for token in [one, other] { #expect(await shop.send(.init(get: "/v1/me"), token: token).status == 200) }
    }

    @Test func `is shown in one answer only`() async throws {
        // Examples are made from the usual seed.
        let shop = try APIShop(workflows: [], seed: 7)
        let secret = try #require(try await made(in: shop).token.split(separator: "-").last)
        for target in ["/v1/tokens", "/v1/me", "/openapi.json"] {
            #expect(await !shop.send(.init(get: target)).text.contains(secret))
        }
    }
}
