import Fixtures
import Foundation
import Testing
import Waybill
import WaybillAPI
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// An operator lets work rest that is done in many writes.
@Suite struct `An operation over HTTP` {
    private func begin(in shop: APIShop) async throws {
        let change = BulkTimeoutChange(
            .extend(by: .minutes(15)), "pay_due", where: OrderFilter(status: "awaiting payment"))
        _ = try await shop.book.engine.start(change, by: Origin(caller: "owner", reason: "payments are down")) { _ in
            "{}"
        }
    }

    private func state(_ reply: Reply) throws -> String? { try JSON(reading: reply.body)["state"]?.asText }

    @Test func `is paused, stays so after a restart, and goes on when it is resumed`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        let made = try OrderBook.open(
            path, workflows: WorkflowText.shipped, world: .virtual(VirtualClock(start: APIShop.noon)))
        await made.close()
        let first = try APIShop(file: path)
        for step in [ExampleShop.stock, ExampleShop.place] { await first.send(step) }
        try await begin(in: first)
        let pause = Example.Step(
            .post, "/v1/operations/o1/pause", [(.idempotencyKey, "p-1")], body: #"{"reason":"until the sale is over"}"#)
        #expect(try state(await first.send(pause)) == "paused")
        let repeated = await first.send(pause)
        #expect(repeated.headers.contains { $0 == ("idempotency-replayed", "true") }, "\(repeated.headers)")
        await first.book.close()

        let shop = try APIShop(file: path)
        try await ServedBook(shop.book).continueOperations()
        let list = try JSON(reading: await shop.send(.init(get: "/v1/operations")).body)
        #expect(list["items"]?.elements?.first?["state"]?.asText == "paused")
        #expect(try state(await shop.send(.init(get: "/v1/operations/o1"))) == "paused")
        #expect(try await shop.book.order("order-7")?.version == 1)
        let metrics = await shop.send(.init(get: "/metrics")).text
        #expect(metrics.contains(#"waybill_operations{state="paused"} 1"#))

        let resumed = await shop.send(.init(post: "/v1/operations/o1/resume", #"{"reason":"it is over"}"#))
        #expect(resumed.status == 202)
        #expect(try state(resumed) == "done", "\(resumed.text)")
        #expect(try await shop.book.order("order-7")?.version == 2)
        let late = await shop.send(.init(post: "/v1/operations/o1/pause", #"{"reason":"too late"}"#))
        #expect(late.status == 200)
        #expect(try state(late) == "done")
        let audits = try JSON(reading: await shop.send(.init(get: "/v1/audit?type=$operation")).body)
        let acts = audits["items"]?.elements?.compactMap { $0["about"]?["was"]?.asText } ?? []
        #expect(acts.sorted() == ["paused", "resumed", "started"])
        #expect(
            await shop.send(.init(post: "/v1/operations/o9/pause", #"{"reason":"no"}"#)).code == "unknown_operation")
    }

    @Test func `that was paused waits for a place among those that run`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        for _ in 1...5 { try await begin(in: shop) }
        for number in 1...5 {
            await shop.send(.init(post: "/v1/operations/o\(number)/pause", #"{"reason":"a sale"}"#))
        }
        for _ in 1...4 { try await begin(in: shop) }
        let refused = await shop.send(.init(post: "/v1/operations/o1/resume", #"{"reason":"on"}"#))
        #expect(refused.status == 409 && refused.code == "busy", "\(refused.text)")
        #expect(try state(await shop.send(.init(get: "/v1/operations/o1"))) == "paused")
        await shop.send(.init(post: "/v1/operations/o9/stop", #"{"reason":"a mistake"}"#))
        #expect(try state(await shop.send(.init(post: "/v1/operations/o1/resume", #"{"reason":"on"}"#))) == "done")
    }
}
