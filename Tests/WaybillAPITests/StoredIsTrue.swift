import Testing
import Waybill
import WaybillAPI
import WaybillCore
import WaybillEngine

/// `stored` says whether a repeat under the same key gets the same answer again: each case tries it.
@Suite struct `A refusal that says whether it is stored` {
    private let shop: APIShop

    init() async throws {
        shop = try APIShop()
        await shop.send(ExampleShop.stock)
    }

    private func isStored(_ reply: Reply) throws -> Bool? {
        try #require(reply.contentType == "application/problem+json", "\(reply.text)")
        return try JSON(reading: reply.body)["stored"].map { $0 == true }
    }

    private func isReplayed(_ reply: Reply) -> Bool {
        reply.headers.contains { $0 == ("idempotency-replayed", "true") }
    }

    private func post(_ target: String, _ body: String, key: String? = "k-1", role: String? = nil) -> Example.Step {
        let fields: [(RequestHeader, String)?] = [key.map { (.idempotencyKey, $0) }, role.map { (.role, $0) }]
        return Example.Step(.post, target, fields.compactMap { $0 }, body: body)
    }

    private func adjust(_ sku: String, by units: Int, key: String? = "k-1") -> Example.Step {
        post("/v1/stock/\(sku)/adjust", "{\"by\":\(units)}", key: key)
    }

    @Test func `promises nothing for a placement that may be right a moment later`() async throws {
        let place = Example.Step(
            .post, "/v1/orders", [(.idempotencyKey, "cart-9"), (.role, "buyer")],
            body: ExampleShop.place.body.replacing("\"qty\":2", with: "\"qty\":500"))
        let refused = await shop.send(place)
        #expect(refused.code == "insufficient_stock", "\(refused.text)")
        #expect(try isStored(refused) == false)
        await shop.send(post("/v1/stock/mug/receive", #"{"quantity":1000}"#, key: nil))
        let again = await shop.send(place)
        #expect(again.status == 201 && !isReplayed(again), "\(again.text)")
    }

    @Test func `promises nothing for the first change of a stock`() async throws {
        let refused = await shop.send(adjust("cup", by: -1))
        #expect(try refused.code == "stock_conflict" && isStored(refused) == false)
        await shop.send(post("/v1/stock/cup/receive", #"{"quantity":5}"#, key: nil))
        #expect(await shop.send(adjust("cup", by: -1)).status == 200)
    }

    @Test func `is kept for a stock that is there, and a repeat says that it is one`() async throws {
        let first = await shop.send(adjust("mug", by: -900))
        #expect(try first.code == "stock_conflict" && isStored(first) == true && !isReplayed(first))
        await shop.send(post("/v1/stock/mug/receive", #"{"quantity":5000}"#, key: nil))
        let again = await shop.send(adjust("mug", by: -900))
        #expect(try again.code == "stock_conflict" && isStored(again) == true && isReplayed(again))
        #expect(try JSON(reading: again.body)["detail"] == JSON(reading: first.body)["detail"])
    }

    @Test func `is kept for a command to an order, and a repeat says that it is one`() async throws {
        await shop.send(ExampleShop.place)
        let confirm = post("/v1/orders/order-7/commands/confirm_receipt", "{}", role: "buyer")
        let first = await shop.send(confirm)
        #expect(try first.code == "not_possible" && isStored(first) == true && !isReplayed(first), "\(first.text)")
        await shop.send(ExampleShop.pay)
        let again = await shop.send(confirm)
        #expect(try again.code == "not_possible" && isStored(again) == true && isReplayed(again), "\(again.text)")
    }

    @Test func `is kept for a timeout that is not there`() async throws {
        await shop.send(ExampleShop.place)
        let cancel = post("/v1/orders/order-7/timeouts/nope/cancel", "{}")
        let first = await shop.send(cancel)
        #expect(try first.code == "unknown_timeout" && isStored(first) == true && !isReplayed(first))
        let again = await shop.send(cancel)
        #expect(try again.code == "unknown_timeout" && isStored(again) == true && isReplayed(again))
    }

    @Test func `promises nothing without a key`() async throws {
        await shop.send(ExampleShop.place)
        for step in [
            adjust("mug", by: -900, key: nil),
            post("/v1/orders/order-7/commands/pack", "{}", key: nil, role: "warehouse"),
            post("/v1/orders/order-7/timeouts/nope/cancel", "{}", key: nil),
        ] {
            let reply = await shop.send(step)
            #expect(try isStored(reply) == false && !isReplayed(reply), "\(reply.text)")
        }
    }

    @Test func `promises nothing for a key of another request`() async throws {
        _ = await shop.send(adjust("mug", by: -900))
        let reply = await shop.send(adjust("mug", by: 7))
        #expect(try reply.code == "key_reused" && isStored(reply) == false && !isReplayed(reply))
    }

    @Test func `takes no key when it only tells what would be done`() async throws {
        for step in [ExampleShop.topic, ExampleShop.group, ExampleShop.receiveBooking] { await shop.send(step) }
        func lookBack(_ more: String) -> Example.Step {
            post("/v1/groups/shipping/look-back", "{\"topic\":\"ledger\",\"to\":\"oldest\"\(more)}")
        }
        let position = shop.book.vitals.lastPosition
        let dry = await shop.send(lookBack(#","dry_run":true"#))
        #expect(dry.status == 200 && dry.text.contains(#""preview":true"#) && !isReplayed(dry))
        #expect(shop.book.vitals.lastPosition == position)
        let done = await shop.send(lookBack(""))
        #expect(done.status == 200 && done.text.contains(#""preview":false"#) && !isReplayed(done), "\(done.text)")
        let again = await shop.send(lookBack(""))
        #expect(isReplayed(again) && again.text == done.text)
        let dryAgain = await shop.send(lookBack(#","dry_run":true"#))
        #expect(dryAgain.status == 200 && !isReplayed(dryAgain), "\(dryAgain.text)")
    }
}
