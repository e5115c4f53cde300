import Foundation
import Testing

/// Streams whose connection ends at any byte, and whose server is killed: each event comes once, in order.
@Suite(.serialized) struct `A stream that is cut` {
    private static let stream = "/v1/events/stream"

    /// A shop with some orders.
    private func shop(orders: Int) throws -> ServedFile {
        let shop = try ServedFile()
        try shop.serve("--open", "--socket", "off")
        let received = try shop.post("/v1/stock/mug/receive", key: "first", #"{"quantity":1000000}"#)
        try #require(received.hasSuffix("200"), "\(received)")
        for number in 0..<orders {
            let order = """
                {"id":"o-\(number)","workflow":"flash-sale",
                "data":{"buyer":"b-\(number)","sku":"mug","at":"","price_cents":900,"limit":2}}
                """
            let placed = try shop.post("/v1/orders", key: "k-\(number)", headers: ["Waybill-Role: shop"], order)
            try #require(placed.hasSuffix("201"), "\(placed)")
        }
        return shop
    }

    /// The events that a client has which is cut after some bytes and comes again.
    private func events(
        of shop: ServedFile, cutAfter count: Int, to last: String, resumes: (String) -> String? = { $0 }
    ) throws -> [String] {
        let connection = try shop.follow(Self.stream + "?after=e0")
        var bytes: [UInt8] = []
        while bytes.count < count, let more = connection.receiveSome() { bytes += more }
        let first = StreamedAnswer(Array(bytes.prefix(count)))
        if first.events.last == last { return first.events }
        let rest = try shop.answer(Self.stream + "?after=e0", lastID: first.lastID.flatMap(resumes)) { answer, _ in
            answer.events.last == last
        }
        return first.events + rest.events
    }

    @Test func `at each byte of its first two thousand gives every event once, in order`() throws {
        let shop = try shop(orders: 4)
        let truth = try shop.positions()
        let last = try #require(truth.last)
        let whole = try shop.answer(Self.stream + "?after=e0") { answer, _ in answer.events.last == last }
        #expect(whole.bytes >= 2_000)
        #expect(whole.events == truth)
        for count in 1...2_000 {
            let events = try events(of: shop, cutAfter: count, to: last)
            guard events == whole.events else {
                Issue.record("after \(count) bytes: \(events)")
                return
            }
        }
    }

    @Test func `is found out when its client goes on from an event too early or too late`() throws {
        let shop = try shop(orders: 4)
        let all = try shop.positions()
        let last = try #require(all.last)
        let wrong = { (step: Int) in
            { (id: String) in "e\((Int(id.dropFirst()) ?? 0) + step)" }
        }
        #expect(try events(of: shop, cutAfter: 1_500, to: last, resumes: wrong(-1)) != all)
        #expect(try events(of: shop, cutAfter: 1_500, to: last, resumes: wrong(1)) != all)
    }

    @Test func `by the death of its server gives every event once, in order`() throws {
        let shop = try shop(orders: 0)
        let follower = Follower(of: shop)
        let shoppers = try Shoppers(port: shop.port, clients: 8, seed: 13)
        for round in 1...5 {
            try #require(shoppers.wait(forAnswers: 40 + round * 17 % 50), "round \(round): no answers")
            let end = try #require(shop.kill(SIGKILL))
            try #require(end.reason == .uncaughtSignal, "round \(round): the server ended by itself")
            try shop.serve("--open", "--socket", "off")
        }
        _ = try shoppers.history()
        let truth = try shop.positions()
        let (events, cut) = follower.events(to: try #require(truth.last))
        #expect(cut >= 3)
        #expect(truth.count > 200)
        #expect(events == truth)
        shop.kill(SIGTERM)
    }
}
