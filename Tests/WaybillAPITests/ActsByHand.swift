import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine

/// What is for a producer or a buyer's shop to decide, an operator decides by hand.
@Suite struct `What an operator does for others` {
    private static let half = "/v1/half-messages/540106ca9f2d2c43b7a02c3ffd97676283e7c4"
    private static let handle = "520106508b8b7d6071f23842c91ca3395d86e6"

    /// A request, its fields but for the reason, and the event of its audit.
    private struct Case: Sendable {
        let target: String
        var fields = ""
        let audit: EventName
        /// Whose right it is otherwise.
        let grant: Grant

        func step(_ reason: String? = nil) -> Example.Step {
            let reason = reason.map { "\"reason\":\"\($0)\"" } ?? ""
            let fields = [fields, reason].filter { !$0.isEmpty }.joined(separator: ",")
            return Example.Step(.post, target, body: "{\(fields)}")
        }
    }

    private static let producer = Grant.producer(NamePattern("ledger"))
    private static let cases: [Case] = [
        Case(target: "\(half)/commit?topic=ledger", audit: "$half_message", grant: producer),
        Case(target: "\(half)/rollback?topic=ledger", audit: "$half_message", grant: producer),
        Case(
            target: "/v1/topics/ledger/messages/recall", fields: "\"handle\":\"\(handle)\"",
            audit: "$message_by_hand", grant: producer),
        Case(
            target: "/v1/topics/ledger/messages/reschedule",
            fields: "\"handle\":\"\(handle)\",\"deliver_at\":\"2026-11-29T13:00:00Z\"", audit: "$message_by_hand",
            grant: producer),
        Case(
            target: "/v1/orders/order-7/timeouts/pay_due/extend", fields: "\"by\":\"1m\"", audit: "$timeout_by_hand",
            grant: .orders(roles: ["buyer"])),
        Case(
            target: "/v1/orders/order-7/timeouts/pay_due/move", fields: "\"to\":\"2026-11-29T15:00:00Z\"",
            audit: "$timeout_by_hand", grant: .orders(roles: ["buyer"])),
        Case(
            target: "/v1/orders/order-7/timeouts/pay_due/cancel", audit: "$timeout_by_hand",
            grant: .orders(roles: ["buyer"])),
    ]

    /// What each of the cases needs, from the same seed as its handle.
    private func shop(_ step: Case) async throws -> APIShop {
        let shop = try APIShop()
        let steps =
            switch step.audit {
            case "$half_message": [ExampleShop.topic, ExampleShop.half]
            case "$message_by_hand": [ExampleShop.topic, ExampleShop.delayed]
            default: [ExampleShop.stock, ExampleShop.place]
            }
        for step in steps { #expect(await (200..<300).contains(shop.send(step).status)) }
        return shop
    }

    private func audits(_ type: EventName, in shop: APIShop) throws -> [EventView] {
        try shop.book.engine.audits(limit: 100).filter { $0.type == type }
    }

    @Test(arguments: cases.indices, [Grant.operator, .admin])
    func `needs a reason, and is audited in its own write`(index: Int, grant: Grant) async throws {
        let one = Self.cases[index]
        let shop = try await shop(one)
        let eva = Principal(name: "eva", grants: [grant])
        let (writes, position) = (shop.book.vitals.writes, shop.book.vitals.lastPosition)
        let refused = await shop.send(one.step(), as: eva)
        #expect(refused.code == "bad_data" && refused.text.contains("reason"), "\(refused.text)")
        #expect(await shop.send(one.step(""), as: eva).code == "bad_data")
        #expect(shop.book.vitals.lastPosition == position && shop.book.vitals.writes == writes)
        let done = await shop.send(one.step("the bank has called"), as: eva, from: "tcp")
        #expect(done.status == 200, "\(done.text)")
        #expect(shop.book.vitals.writes == writes + 1)
        let found = try audits(one.audit, in: shop)
        #expect(found.map(\.caller) == ["eva"])
        let body = String(decoding: found.first?.body ?? [], as: UTF8.self)
        #expect(body.contains(#""reason":"the bank has called""#), "\(body)")
        #expect(body.contains(#""from":"tcp""#) && body.contains(#""request":"r-1""#), "\(body)")
        guard one.audit == "$timeout_by_hand" else { return }
        #expect(body.contains(#""was_due":"2026-11-29T12:30:00Z""#), "\(body)")
        #expect(body.contains(#""due":"2026-"#) != one.target.hasSuffix("cancel"), "\(body)")
    }

    @Test(arguments: cases.indices)
    func `is audited of the owner of the file too, who need not say why`(index: Int) async throws {
        let one = Self.cases[index]
        let shop = try await shop(one)
        let done = await shop.send(one.step())
        #expect(done.status == 200, "\(done.text)")
        #expect(try audits(one.audit, in: shop).map(\.caller) == ["owner"])
    }

    @Test(arguments: cases.indices)
    func `needs no reason from those whose right it is, and is not audited then`(index: Int) async throws {
        let one = Self.cases[index]
        let shop = try await shop(one)
        let done = await shop.send(one.step(), as: Principal(name: "web", grants: [one.grant, .operator]))
        #expect(done.status == 200, "\(done.text)")
        #expect(try audits(one.audit, in: shop).isEmpty)
    }

    @Test(arguments: ["topics", "groups"]) func `needs a reason for topics and groups too`(kind: String) async throws {
        let shop = try APIShop(workflows: [])
        let eva = Principal(name: "eva", grants: [.admin])
        for _ in 0..<2 {
            let put = await shop.send(Example.Step(.put, "/v1/\(kind)/new", body: "{}"), as: eva)
            #expect(put.code == "bad_data" && put.text.contains("reason"), "\(put.text)")
            await shop.send(Example.Step(.put, "/v1/\(kind)/new", body: "{}"))
        }
    }
}

/// The questions about a half message go to who answers for its producer.
@Suite struct `Who prepares half messages` {
    @Test func `names no producer for whom the token does not speak`() async throws {
        let shop = try APIShop(workflows: [])
        await shop.send(ExampleShop.topic)
        let grants = [Grant.producer(NamePattern("ledger"))]
        let refused = await shop.send(ExampleShop.half, as: Principal(name: "web", grants: grants))
        #expect(refused.code == "forbidden" && refused.text.contains("check:bank"), "\(refused.text)")
        let bank = Principal(name: "web", grants: grants + [.check(NamePattern("bank"))])
        #expect(await shop.send(ExampleShop.half, as: bank).status == 201)
    }
}

/// A lane stays closed for ever.
@Suite struct `Closing a lane` {
    private func close(_ lane: String) -> Example.Step {
        Example.Step(.post, "/v1/lanes/\(lane)/close", body: #"{"end":"promoted"}"#)
    }

    @Test func `that never was is refused, and it stays open`() async throws {
        let shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.laneMessage] { await shop.send(step) }
        let typo = await shop.send(close("bleu"))
        #expect(typo.status == 404 && typo.code == "unknown_lane", "\(typo.text)")
        let late = Example.Step(
            .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "b-11"), (.lane, "bleu")], body: #"{"data":1}"#)
        await shop.send(late)
        #expect(
            await shop.send(.init(get: "/v1/lanes")).text.contains(#""name":"bleu","topics":["ledger"],"closed":false"#)
        )
        #expect(await shop.send(close("bleu")).status == 200)
    }

    @Test func `is done when it has consumers alone, and done again`() async throws {
        let shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group] { await shop.send(step) }
        let body = #"{"topic":"ledger","client":"c","lane":"green"}"#
        await shop.send(.init(post: "/v1/groups/shipping/receive", body))
        #expect(await shop.send(close("green")).status == 200)
        shop.book.advance(by: .days(30))
        #expect(await shop.send(close("green")).status == 200)
    }
}
