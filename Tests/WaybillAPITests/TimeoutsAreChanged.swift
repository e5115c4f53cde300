import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// What the answer to a change of a timeout says.
@Suite struct `A changed timeout` {
    private func due(_ shop: APIShop, _ key: String, to time: String) async throws -> String? {
        let reply = await shop.send(
            .init(
                post: "/v1/orders/order-7/timeouts/pay_due/move", "{\"to\":\"\(time)\",\"reason\":\"asked\"}",
                [(.idempotencyKey, key)]))
        #expect(reply.status == 200, "\(reply.text)")
        return try JSON(reading: reply.body)["due"]?.asText
    }

    /// The order was read after the commit: the answer told what others had made of it meanwhile.
    @Test func `is told as its own write left it`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        #expect(try await due(shop, "a", to: "2026-11-29T15:00:00Z") == "2026-11-29T15:00:00Z")
        #expect(try await due(shop, "b", to: "2026-11-29T16:00:00Z") == "2026-11-29T16:00:00Z")
        #expect(try await due(shop, "a", to: "2026-11-29T15:00:00Z") == "2026-11-29T15:00:00Z", "a repeat")
    }

    @Test(arguments: [
        ("move", #""to":"2026-11-29T15:00:00Z","#), ("extend", #""by":"15m","#), ("cancel", ""),
    ])
    func `is changed at the version that its caller names, and at no other`(
        action: String, fields: String
    ) async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        func change(_ tag: String, _ key: String) async -> Reply {
            await shop.send(
                .init(
                    post: "/v1/orders/order-7/timeouts/pay_due/\(action)", "{\(fields)\"reason\":\"asked\"}",
                    [(.ifMatch, tag), (.idempotencyKey, key)]))
        }
        #expect(await change("7", "a").code == "bad_parameter")
        for tag in ["\"2\"", "\"9\""] {
            let refused = await change(tag, "b\(tag.count)")
            #expect(refused.status == 412 && refused.text.contains(#""stored":false"#), "\(refused.text)")
        }
        let order = try #require(try await shop.book.order("order-7"))
        #expect(order.version == 1 && order.timeouts.map(\.due) == [APIShop.noon.advanced(by: .minutes(30))])
        let changed = await change("\"1\"", "c")
        #expect(changed.status == 200, "\(changed.text)")
        #expect(changed.headers.contains { $0 == ("etag", "\"2\"") })
        let again = await change("\"1\"", "c")
        #expect(again.status == 200, "a repeat is answered whatever the version is now")
        #expect(await change("\"2\"", "c").code == "key_reused", "it is another request")
        let late = await change("\"1\"", "d")
        let missed = try JSON(reading: late.body)["missed"]?.elements
        #expect(late.status == 412 && missed?.count == 1 && missed?.first?["version"] == 2, "\(late.text)")
    }
}
