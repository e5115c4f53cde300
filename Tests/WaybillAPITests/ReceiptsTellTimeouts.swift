import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// A receipt says what happens next by itself.
@Suite struct `The receipt of a command` {
    private func timeouts(_ reply: Reply) throws -> [String] {
        let elements = try JSON(reading: reply.body)["timeouts"]?.elements
        return try #require(elements, "\(reply.text)").map { timeout in
            "\(timeout["name"]?.asText ?? "") \(timeout["due"]?.asText ?? "")"
        }
    }

    @Test func `names the pending timeouts with their times, and none when none is pending`() async throws {
        let shop = try APIShop()
        await shop.send(ExampleShop.stock)
        let placed = await shop.send(ExampleShop.place)
        #expect(placed.status == 201)
        #expect(try timeouts(placed) == ["pay_due 2026-11-29T12:30:00Z"])
        let paid = await shop.send(ExampleShop.pay)
        #expect(paid.status == 200, "\(paid.text)")
        #expect(try timeouts(paid) == [])
    }

    @Test func `names those of now when the command is a repeat, as its status does`() async throws {
        let shop = try APIShop()
        await shop.send(ExampleShop.stock)
        await shop.send(ExampleShop.place)
        await shop.send(.init(post: "/v1/orders/order-7/timeouts/pay_due/extend", #"{"by":"15m","reason":"x"}"#))
        let repeated = await shop.send(ExampleShop.place)
        #expect(repeated.status == 201 && repeated.headers.contains { $0 == ("idempotency-replayed", "true") })
        #expect(try timeouts(repeated) == ["pay_due 2026-11-29T12:45:00Z"])
        let pay = ExampleShop.pay
        let paid = await shop.send(.init(post: pay.target, pay.body, [(.role, "payments")]))
        #expect(paid.status == 200, "\(paid.text)")
        #expect(try timeouts(await shop.send(ExampleShop.place)) == [])
    }
}
