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
}
