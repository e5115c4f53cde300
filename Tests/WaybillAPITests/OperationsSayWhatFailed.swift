import Testing
import Waybill
import WaybillAPI
import WaybillCore
import WaybillEngine

/// An operation says how many it was about, how many it could not change, and why.
@Suite struct `An operation` {
    private func shop(orders count: Int) async throws -> APIShop {
        let shop = try APIShop()
        await shop.send(ExampleShop.stock)
        for number in 1...count {
            let reply = await shop.send(
                .init(
                    post: "/v1/orders", ExampleShop.place.body.replacing("order-7", with: "order-\(number)"),
                    [(.idempotencyKey, "k-\(number)"), (.role, "buyer")]))
            #expect(reply.status == 201, "\(reply.text)")
        }
        return shop
    }

    private func change(_ action: String) -> Example.Step {
        .init(
            post: "/v1/operations/timeouts",
            #"{"filter":{"status":"awaiting payment"},"name":"pay_due","action":{\#(action)},"reason":"a test"}"#)
    }

    private func shown(_ id: String, of shop: APIShop) async throws -> JSON {
        try JSON(reading: await shop.send(.init(get: "/v1/operations/\(id)")).body)
    }

    @Test func `whose changes were all refused says so, and why`() async throws {
        let shop = try await shop(orders: 25)
        let reply = await shop.send(change(#""extend":"5000000d""#))
        #expect(reply.status == 202, "\(reply.text)")
        let operation = try await shown("o1", of: shop)
        #expect(operation["state"] == "done" && operation["total"] == 25, "\(operation)")
        #expect(operation["done"] == 25 && operation["changed"] == 0 && operation["failed"] == 25, "\(operation)")
        let sample = operation["sample"]?.elements ?? []
        #expect(sample.count == 20 && sample.first?["id"] == "order-1")
        let (code, detail) = (sample.first?["code"]?.asText ?? "", sample.first?["detail"]?.asText ?? "")
        #expect(code == "arithmetic" && detail.contains("outside of the years 1 to 9999"), "\(code): \(detail)")
    }

    @Test func `counts what it changed, and says what it is about before it begins`() async throws {
        let shop = try await shop(orders: 3)
        let started = try JSON(reading: await shop.send(change(#""extend":"15m""#)).body)
        #expect(started["total"] == 3 && started["done"] == 0 && started["state"] == "running")
        let operation = try await shown("o1", of: shop)
        #expect(operation["done"] == 3 && operation["changed"] == 3 && operation["failed"] == 0)
        #expect(operation["sample"] == [])
    }

    @Test func `keeps what was refused when it goes on after a restart`() async throws {
        let shop = try await shop(orders: 5)
        let refused = BulkTimeoutChange(
            .extend(by: Interval(milliseconds: .max)), "pay_due", where: OrderFilter(status: "awaiting payment"))
        let job = try await shop.book.engine.start(refused)
        _ = try await shop.book.engine.step(job, limit: 2)
        let half = try await shown("o1", of: shop)
        #expect(half["failed"] == 2 && half["state"] == "running" && half["total"] == .null, "\(half)")
        let resumed = await shop.send(.init(post: "/v1/operations/o1/resume", #"{"reason":"on"}"#))
        #expect(resumed.status == 202, "\(resumed.text)")
        let whole = try await shown("o1", of: shop)
        #expect(whole["failed"] == 5 && whole["state"] == "done", "\(whole)")
        #expect(whole["sample"]?.elements?.compactMap { $0["id"]?.asText } == (1...5).map { "order-\($0)" })
    }
}
