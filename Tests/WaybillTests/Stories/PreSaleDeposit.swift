import Foundation
import Testing
import Waybill
import WaybillCore

@Suite struct `A deposit` {
    private static let book = StockKey(sku: "book", location: "hall")

    /// A pre-sale of two books that opens on day 10 and closes on day 12.
    private func placed() async throws -> OrderBook {
        let shop = try OrderBook.inMemory(world: .virtual(VirtualClock(start: noon)))
        try await shop.submit(StockCommand(.receive(2), of: Self.book))
        try await shop.submit(place("o-1", opens: 10, closes: 12))
        return shop
    }

    private func place(_ id: OrderID, opens: Int64, closes: Int64) -> OrderCommand {
        let data: JSON = [
            "buyer": "ann", "sku": "book", "at": "hall", "qty": 2, "deposit_cents": 300, "balance_cents": 2_700,
            "opens_at": day(opens), "closes_at": day(closes),
        ]
        return OrderCommand("place", of: id, data: data, workflow: "pre-sale", role: "buyer")
    }

    private func day(_ number: Int64) -> JSON { .int(noon.advanced(by: .days(number)).milliseconds) }

    private func pay(_ shop: OrderBook, _ payment: String, _ cents: Int64) async -> Answer {
        let data: JSON = ["payment": .text(payment), "amount_cents": .int(cents)]
        return await shop.answer(to: OrderCommand("pay", of: "o-1", data: data, role: "payments"))
    }

    /// Per payment `captured, on its way back`.
    private func money(_ shop: OrderBook) throws -> [String: [Int64]] {
        struct Contents: Decodable {
            struct Payment: Decodable {
                let payment: String
                let captured: Int64
                let refunding: Int64
            }
            let payments: [Payment]
        }
        let context = Data(try #require(try shop.order("o-1")).context)
        let payments = try JSONDecoder().decode(Contents.self, from: context).payments
        return Dictionary(uniqueKeysWithValues: payments.map { ($0.payment, [$0.captured, $0.refunding]) })
    }

    @Test func `and a balance within the window buy`() async throws {
        let shop = try await placed()
        try await pay(shop, "d", 300).receipt()
        shop.advance(by: .days(10))
        #expect(try await shop.order("o-1")?.status == "awaiting balance")
        shop.advance(to: noon.advanced(by: .days(12)).advanced(by: Interval(milliseconds: -1)))
        try await pay(shop, "b", 2_700).receipt()
        #expect(try await shop.order("o-1")?.status == "awaiting shipment")
        shop.advance(by: .days(1))
        #expect(try await shop.order("o-1")?.status == "awaiting shipment")
        #expect(try await shop.stock(Self.book)?.sold == 2)
    }

    @Test func `is kept when the window passes, and a balance after it goes back whole`() async throws {
        let shop = try await placed()
        try await pay(shop, "d", 300).receipt()
        shop.advance(by: .days(12))
        #expect(try await shop.order("o-1")?.status == "closed, deposit kept")
        try await pay(shop, "b", 2_700).receipt()
        #expect(try money(shop) == ["d": [300, 0], "b": [2_700, 2_700]])
        #expect(try await shop.stock(Self.book)?.free == 2)
    }

    @Test(arguments: [("cancel", 5, 300), ("cancel", 11, 0), ("withdraw", 5, 300), ("withdraw", 11, 300)])
    func `is given back by who ends it and when`(_ command: String, _ days: Int64, _ back: Int64) async throws {
        let shop = try await placed()
        try await pay(shop, "d", 300).receipt()
        shop.advance(by: .days(days))
        let data: JSON = command == "withdraw" ? ["reason": "not printed"] : [:]
        try await shop.submit(OrderCommand(EventName(command), of: "o-1", data: data))
        #expect(try money(shop) == ["d": [300, back]])
        #expect(try await shop.stock(Self.book)?.free == 2)
        #expect(try await shop.order("o-1")?.timeouts == [])
    }

    @Test func `and balance both go back when the seller cannot deliver`() async throws {
        let shop = try await placed()
        try await pay(shop, "d", 300).receipt()
        shop.advance(by: .days(10))
        try await pay(shop, "b", 2_700).receipt()
        try await shop.submit(OrderCommand("withdraw", of: "o-1", data: ["reason": "burnt"], role: "seller"))
        #expect(try money(shop) == ["d": [300, 300], "b": [2_700, 2_700]])
        #expect(try await shop.stock(Self.book)?.free == 2)
    }

    @Test func `that comes after half an hour goes back`() async throws {
        let shop = try await placed()
        shop.advance(by: .minutes(30))
        try await pay(shop, "d", 300).receipt()
        #expect(try await shop.order("o-1")?.status == "closed")
        #expect(try money(shop) == ["d": [300, 300]])
    }

    @Test func `that comes when the window is over goes back instead of being lost`() async throws {
        let shop = try OrderBook.inMemory(world: .virtual(VirtualClock(start: noon)))
        try await shop.submit(StockCommand(.receive(2), of: Self.book))
        try await shop.submit(place("o-1", opens: -2, closes: 0))
        try await pay(shop, "d", 300).receipt()
        #expect(try await shop.order("o-1")?.status == "awaiting deposit")
        #expect(try money(shop) == ["d": [300, 300]])
    }

    @Test func `waits with a window that the seller postpones`() async throws {
        let shop = try await placed()
        try await pay(shop, "d", 300).receipt()
        let later: JSON = ["opens_at": day(20), "closes_at": day(22)]
        try await shop.submit(OrderCommand("postpone", of: "o-1", data: later, role: "seller"))
        shop.advance(by: .days(19))
        #expect(try await shop.order("o-1")?.status == "deposit paid")
        shop.advance(by: .days(1))
        #expect(try await shop.order("o-1")?.status == "awaiting balance")
        shop.advance(by: .days(2))
        #expect(try await shop.order("o-1")?.status == "closed, deposit kept")
    }
}
