import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// The shipped workflows that take money: each sells one mug for 9.00 here.
enum Sale: String, CaseIterable, CustomTestStringConvertible {
    case standardOrder = "standard-order"
    case flashSale = "flash-sale"
    case preSale = "pre-sale"
    case groupMember = "group-member"

    var testDescription: String { rawValue }

    /// How many payments the order keeps one by one; nil: none.
    var paymentsMax: Int? {
        switch self {
        case .standardOrder: 50
        case .preSale, .groupMember: 20
        case .flashSale: nil
        }
    }
}

/// A shop that sells under any shipped workflow, in virtual time.
struct SalesDesk {
    static let priceCents: Int64 = 900
    let book: OrderBook
    let sale: Sale
    /// The order that is sold under the workflow.
    let order: OrderID

    /// Places the order; it awaits 9.00.
    init(_ sale: Sale, balance: Int64 = 1_000, in book: OrderBook? = nil) async throws {
        let shop = try book ?? OrderBook.inMemory(world: .virtual(VirtualClock(start: noon)))
        try await shop.submit(StockCommand(.receive(10), of: mugStock))
        self.book = shop
        self.sale = sale
        order = sale == .groupMember ? "g-1/m1" : "o-1"
        let now = shop.engine.world.now()
        switch sale {
        case .standardOrder:
            try await send(
                "place",
                [
                    "shop": "s", "buyer": "ann", "pay_within": "30m", "freight_cents": 0, "discount_cents": 0,
                    "lines": [["line": "a", "sku": "mug", "at": "north", "qty": 1, "price_cents": 900]],
                ], by: "buyer", workflow: "standard-order"
            ).receipt()
        case .flashSale:
            try await send(
                "place", ["buyer": "ann", "sku": "mug", "at": "north", "price_cents": 900, "limit": 2], by: "shop",
                workflow: "flash-sale"
            ).receipt()
        case .preSale:
            try await send(
                "place",
                [
                    "buyer": "ann", "sku": "mug", "at": "north", "qty": 1, "deposit_cents": 900,
                    "balance_cents": .int(balance), "opens_at": .int(now.advanced(by: .days(10)).milliseconds),
                    "closes_at": .int(now.advanced(by: .days(12)).milliseconds),
                ], by: "buyer", workflow: "pre-sale"
            ).receipt()
        case .groupMember:
            let open: JSON = [
                "shop": "s", "sku": "mug", "at": "north", "price_cents": 900, "needed": 2, "places": 3, "within": "24h",
            ]
            try await shop.submit(OrderCommand("open", of: "g-1", data: open, workflow: "group-buy"))
            try await join(1)
        }
    }

    func join(_ number: Int) async throws {
        let data: JSON = ["member": .text("m\(number)"), "buyer": .text("buyer-\(number)")]
        try await book.submit(OrderCommand("join", of: "g-1", data: data, role: "buyer"))
    }

    @discardableResult
    func send(
        _ name: EventName, _ data: JSON = [:], by role: Text, key: Text? = nil, of order: OrderID? = nil,
        workflow: WorkflowName? = nil
    ) async -> Answer {
        await book.answer(
            to: OrderCommand(name, of: order ?? self.order, data: data, workflow: workflow, role: role, key: key))
    }

    @discardableResult
    func pay(_ payment: String, _ cents: Int64 = priceCents, of order: OrderID? = nil) async -> Answer {
        switch sale {
        case .standardOrder, .groupMember:
            await send(
                "pay", ["payment": .text(payment), "channel": "card", "amount_cents": .int(cents)], by: "payments",
                of: order)
        case .flashSale, .preSale:
            await send("pay", ["payment": .text(payment), "amount_cents": .int(cents)], by: "payments", of: order)
        }
    }

    @discardableResult
    func refundDone(_ call: Text, by role: Text = "payments") async -> Answer {
        await send("refund_done", ["reason": "seen at the bank"], by: role, key: call)
    }

    @discardableResult
    func refundFailed(_ call: Text, by role: Text = "payments") async -> Answer {
        await send("refund_failed", ["reason": "card closed"], by: role, key: call)
    }

    @discardableResult
    func refundAgain(_ payment: String, _ cents: Int64, by role: Text = "finance") async -> Answer {
        await send("refund_again", ["payment": .text(payment), "amount_cents": .int(cents)], by: role)
    }

    // MARK: What is

    var status: Text { get throws { try #require(try book.order(order)).status } }

    /// Refunds that are asked for and not answered: key, payment, cents.
    func asked(of order: OrderID? = nil) throws -> [Asked] {
        try #require(try book.order(order ?? self.order)).openCalls.map { call in
            let data = try JSONDecoder().decode(Asked.Body.self, from: Data(call.data))
            return Asked(key: call.key, payment: data.payment, cents: data.amount_cents)
        }
    }

    struct Asked: Equatable {
        struct Body: Decodable {
            let payment: String
            let amount_cents: Int64
        }

        let key: Text
        let payment: String
        let cents: Int64
    }

    /// What went out: the sum of all refunds that are announced as done.
    func gone() throws -> Int64 {
        struct Announcement: Decodable { let data: Asked.Body }
        return try book.engine.store.read { rows in
            try rows.storedQueues(after: StoredQueueNumber(0), limit: 100).filter { $0.topic == "refunds" }
                .flatMap { try rows.messages(in: $0.number, fromOffset: 0, limit: 1_000) }
                .filter { $0.message.tag == "done" }
                .map {
                    try JSONDecoder().decode(Announcement.self, from: Data($0.message.body ?? [])).data.amount_cents
                }
                .reduce(0, +)
        }
    }

    /// A number of the order's context.
    func cents(_ field: String) throws -> Int? { try book.context(order)[field] as? Int }

    /// `free, reserved, sold`
    var mugs: [Int64] {
        get throws {
            let level = try #require(try book.stock(mugStock))
            return [level.free, level.reserved, level.sold]
        }
    }
}
