import EngineFixtures
import Foundation
import Testing
import Waybill
import WaybillCore

let mugStock = StockKey(sku: "mug", location: "north")
let cupStock = StockKey(sku: "cup", location: "south")

/// A shop that sells mugs for 10.00 and cups for 30.00 under `standard-order`, in virtual time.
struct StandardShop {
    let book: OrderBook

    init(mugs: Int64 = 10, cups: Int64 = 10, coupons: [SKU] = []) async throws {
        book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: noon)))
        for (key, quantity) in [(mugStock, mugs), (cupStock, cups)] where quantity > 0 {
            try await book.submit(StockCommand(.receive(quantity), of: key))
        }
        for coupon in coupons {
            try await book.submit(StockCommand(.receive(1), of: StockKey(sku: coupon)))
        }
    }

    // MARK: Commands

    /// Places an order of so many mugs (line a) and cups (line b), with half an hour to pay.
    @discardableResult
    func place(
        _ id: OrderID, mugs: Int64 = 1, cups: Int64 = 0, mugCents: Int64 = 1_000, coupon: String? = nil,
        discount: Int64 = 0, buyer: String = "ann"
    ) async -> Answer {
        var lines: [JSON] = []
        if mugs > 0 { lines.append(line("a", "mug", "north", mugs, mugCents)) }
        if cups > 0 { lines.append(line("b", "cup", "south", cups, 3_000)) }
        return await place(id, lines: lines, coupon: coupon, discount: discount, buyer: buyer)
    }

    func place(
        _ id: OrderID, lines: [JSON], coupon: String? = nil, discount: Int64 = 0, buyer: String = "ann"
    ) async -> Answer {
        let data: JSON = [
            "shop": "s", "buyer": .text(buyer), "coupon": coupon.map { .text($0) } ?? nil, "pay_within": "30m",
            "freight_cents": 0, "discount_cents": .int(discount), "lines": .array(lines),
        ]
        return await book.answer(
            to: OrderCommand("place", of: id, data: data, workflow: "standard-order", role: "buyer"))
    }

    func line(_ name: String, _ sku: String, _ place: String, _ quantity: Int64, _ cents: Int64) -> JSON {
        [
            "line": .text(name), "sku": .text(sku), "at": .text(place), "qty": .int(quantity),
            "price_cents": .int(cents),
        ]
    }

    @discardableResult
    func pay(_ id: OrderID, _ payment: String, _ cents: Int64) async -> Answer {
        await send(
            "pay", id, ["payment": .text(payment), "channel": "card", "amount_cents": .int(cents)], by: "payments")
    }

    @discardableResult
    func cancel(_ id: OrderID) async -> Answer { await send("cancel", id, ["reason": "changed my mind"], by: "buyer") }

    @discardableResult
    func changePrice(_ id: OrderID, _ line: String, _ cents: Int64) async -> Answer {
        await send("change_price", id, ["line": .text(line), "price_cents": .int(cents)], by: "seller")
    }

    @discardableResult
    func ship(_ id: OrderID, _ parcel: String, _ lines: (String, Int64)...) async -> Answer {
        let data: JSON = ["parcel": .text(parcel), "carrier": "c", "lines": quantities(lines)]
        return await send("ship", id, data, by: "warehouse")
    }

    /// What a parcel tells the order; here without the parcel.
    @discardableResult
    func sign(_ id: OrderID, _ parcel: String, _ lines: (String, Int64)...) async -> Answer {
        await send("signed", id, ["parcel": .text(parcel), "lines": quantities(lines)], by: "child")
    }

    /// What a return tells the order; here without the return.
    @discardableResult
    func takeBack(_ id: OrderID, _ name: String, refund: Int64, mugs: Int64) async -> Answer {
        let lines: JSON = mugs == 0 ? [] : [["line": "a", "qty": .int(mugs), "at": "north"]]
        let data: JSON = ["case": .text(name), "refund_cents": .int(refund), "lines": lines]
        return await send("returned", id, data, by: "child")
    }

    /// The provider has paid money back, as the call with this key asked.
    @discardableResult
    func refundDone(_ id: OrderID, _ key: Text, _ refund: String = "r-1") async -> Answer {
        await send("refund_done", id, ["refund": .text(refund)], by: "payments", key: key)
    }

    /// The provider cannot pay money back.
    @discardableResult
    func refundFailed(_ id: OrderID, _ key: Text) async -> Answer {
        await send("refund_failed", id, ["reason": "card closed"], by: "payments", key: key)
    }

    @discardableResult
    func send(
        _ name: EventName, _ id: OrderID, _ data: JSON = [:], by role: Text, key: Text? = nil
    ) async -> Answer {
        await book.answer(to: OrderCommand(name, of: id, data: data, role: role, key: key))
    }

    private func quantities(_ lines: [(String, Int64)]) -> JSON {
        .array(lines.map { ["line": .text($0.0), "qty": .int($0.1)] })
    }

    // MARK: What is

    func status(_ id: OrderID) throws -> Text { try #require(try book.order(id)).status }

    func contents(_ id: OrderID) throws -> StandardContents {
        try JSONDecoder().decode(StandardContents.self, from: Data(try #require(try book.order(id)).context))
    }

    /// Per payment `captured, on its way back, refunded`.
    func money(_ id: OrderID) throws -> [String: [Int64]] {
        Dictionary(
            uniqueKeysWithValues: try contents(id).payments.map {
                ($0.payment, [$0.captured, $0.refunding, $0.refunded])
            })
    }

    /// `free, reserved, sold` of a stock.
    func stock(_ key: StockKey) throws -> [Int64] {
        let level = try #require(try book.stock(key))
        #expect(level.isBalanced)
        return [level.free, level.reserved, level.sold]
    }

    /// The messages of an order's last event: `topic:tag`, or `topic`; of a call its request.
    func sent(_ id: OrderID) throws -> [String] {
        try #require(try book.history(of: id)?.last).messages.filter { $0 != "refunds:done" }
            .map { $0 == "refunds:call" ? "refunds" : $0 }
    }
}

/// The context of a standard order, as far as stories look at it.
struct StandardContents: Decodable {
    struct Payment: Decodable {
        let payment: String
        let captured: Int64
        let refunding: Int64
        let refunded: Int64
    }

    struct Line: Decodable {
        let line: String
        let qty: Int64
        let shipped: Int64
        let signed: Int64
        let returned: Int64
    }

    let coupon: String?
    let lines: [Line]
    let payments: [Payment]
}

extension EventView {
    /// What the event says of its messages: `topic:tag`, or `topic`.
    var messages: [String] {
        get throws {
            let event = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
            let traces = event["messages"] as? [[Any]] ?? []
            return traces.map { trace in trace.prefix(2).compactMap { $0 as? String }.joined(separator: ":") }
        }
    }
}

extension Answer {
    /// The refusal's stable word; nil: accepted.
    var refusalCode: String? {
        switch self {
        case .accepted: nil
        case .refused(let refusal): refusal.code
        }
    }
}
