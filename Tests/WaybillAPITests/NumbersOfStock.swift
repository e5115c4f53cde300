import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// No level of a stock is told that a JSON library would round.
@Suite struct `A level of stock` {
    private static let max: Int64 = 9_007_199_254_740_991

    private func change(_ verb: String, _ body: String, key: String? = nil, in shop: APIShop) async -> Reply {
        let headers: [(RequestHeader, String)] = key.map { [(.idempotencyKey, $0)] } ?? []
        return await shop.send(.init(post: "/v1/stock/mug/\(verb)", body, headers))
    }

    @Test func `goes up to the last number that every library reads exactly, and no further`() async throws {
        let shop = try APIShop()
        let first = await change("receive", #"{"quantity":\#(Self.max)}"#, in: shop)
        #expect(first.status == 200, "\(first.text)")
        for (verb, body) in [
            ("receive", #"{"quantity":1}"#), ("receive", #"{"quantity":\#(Self.max)}"#), ("adjust", #"{"by":1}"#),
            ("adjust", #"{"by":\#(Self.max)}"#),
        ] {
            let reply = await change(verb, body, in: shop)
            #expect(reply.status == 409 && reply.code == "stock_conflict", "\(reply.text)")
            #expect(reply.text.contains("\(Self.max) are free"), "\(reply.text)")
        }
        let level = try JSON(reading: await shop.send(.init(get: "/v1/stock/mug")).body)
        #expect(level["free"] == .int(Self.max) && level["received"] == .int(Self.max) && level["adjusted"] == 0)
    }

    @Test func `is bounded in all that came in and all that was lost, not only in what is there`() async throws {
        let shop = try APIShop()
        #expect(await change("receive", #"{"quantity":\#(Self.max)}"#, in: shop).status == 200)
        #expect(await change("adjust", #"{"by":-\#(Self.max)}"#, in: shop).status == 200)
        #expect(await change("receive", #"{"quantity":1}"#, in: shop).code == "stock_conflict")
        #expect(await change("count", #"{"quantity":5}"#, in: shop).status == 200)
        let level = try JSON(reading: await shop.send(.init(get: "/v1/stock/mug")).body)
        #expect(level["free"] == 5 && level["received"] == .int(Self.max), "\(level)")
    }

    @Test func `that a program has driven beyond may come back`() async throws {
        let shop = try APIShop()
        try await shop.book.submit(StockCommand(.receive(.max), of: StockKey(sku: "mug")))
        #expect(await change("adjust", #"{"by":1}"#, in: shop).code == "stock_conflict")
        #expect(await change("adjust", #"{"by":-1}"#, in: shop).status == 200)
    }
}
