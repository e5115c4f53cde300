import Testing
import Waybill
import WaybillAPI
import WaybillCore

@Suite struct `The list of events` {
    private let shop: APIShop

    init() async throws {
        shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place, ExampleShop.pay, ExampleShop.buy] { await shop.send(step) }
        await shop.send(Example.Step(post: "/v1/timeouts/hold", #"{"reason":"a strike"}"#))
    }

    /// The events of all pages.
    private func events(_ query: String) async throws -> [String] {
        var found: [String] = []
        var cursor = ""
        while true {
            let reply = await shop.send(.init(get: "/v1/events?\(query)\(cursor)"))
            try #require(reply.status == 200, "\(reply.text)")
            let page = try JSON(reading: reply.body)
            found += (page["items"]?.elements ?? []).compactMap { $0["event"]?.asText }
            guard let next = page["next"]?.asText else { return found }
            cursor = "&cursor=\(next)"
        }
    }

    @Test func `has each event once, in pages of any size`() async throws {
        let all = (1...6).map { "e\($0)" }
        #expect(try await events("") == all)
        for size in 1...7 { #expect(try await events("limit=\(size)") == all) }
        #expect(try await events("after=e2") == Array(all.dropFirst(2)))
        #expect(try await events("after=e0&limit=2") == all)
        #expect(try await events("after=e9") == [])
    }

    @Test func `has those of the types that are asked for`() async throws {
        #expect(try await events("types=place,pay") == ["e2", "e3", "e5"])
        #expect(try await events("types=pay&limit=1") == ["e3"])
        #expect(try await events("types=$hold,$receive") == ["e1", "e6"])
        #expect(try await events("types=none") == [])
    }

    @Test func `says of each what it is about`() async throws {
        let page = try JSON(reading: await shop.send(.init(get: "/v1/events")).body)
        let items = page["items"]?.elements ?? []
        #expect(items.map { $0["kind"]?.asText } == ["stock", "order", "order", "stock", "order", "act"])
        #expect(items.map { $0["order"]?.asText } == [nil, "order-7", "order-7", nil, "order-8", nil])
        #expect(items.first?["sku"]?.asText == "mug" && items.last?["about"]?["why"]?.asText == "a strike")
    }

    @Test func `refuses the cursor of another filter, and what is no event`() async throws {
        let page = try JSON(reading: await shop.send(.init(get: "/v1/events?limit=1")).body)
        let cursor = try #require(page["next"]?.asText)
        for filter in ["types=pay", "after=e1"] {
            #expect(await shop.send(.init(get: "/v1/events?\(filter)&cursor=\(cursor)")).code == "bad_cursor")
        }
        #expect(await shop.send(.init(get: "/v1/events?after=42")).code == "bad_parameter")
    }
}
