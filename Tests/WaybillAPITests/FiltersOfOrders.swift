import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

/// What a list of orders can be asked for, alone and together.
@Suite struct `A filter of orders` {
    private let shop: APIShop

    /// Six orders: a/1 to a/3 and b/1 to b/3. The second of each is paid, the third is cancelled.
    init() async throws {
        shop = try APIShop()
        await shop.send(ExampleShop.stock)
        for name in ["a/1", "b/1", "a/2", "b/2", "a/3", "b/3"] {
            let placed = await shop.send(
                .init(
                    post: "/v1/orders", ExampleShop.place.body.replacing("order-7", with: name),
                    [(.idempotencyKey, name), (.role, "buyer")]))
            #expect(placed.status == 201, "\(placed.text)")
            let commands = "/v1/orders/\(Text(name).asPathSegment)/commands"
            if name.hasSuffix("2") {
                let paid = await shop.send(.init(post: "\(commands)/pay", ExampleShop.pay.body, [(.role, "payments")]))
                #expect(paid.status == 200, "\(paid.text)")
            }
            if name.hasSuffix("3") {
                let gone = await shop.send(
                    .init(post: "\(commands)/cancel", #"{"reason":"too dear"}"#, [(.role, "buyer")]))
                #expect(gone.status == 200, "\(gone.text)")
            }
            shop.book.advance(by: .minutes(1))
        }
    }

    private func ids(_ query: String) async throws -> [String] {
        let reply = await shop.send(.init(get: "/v1/orders?\(query)"))
        return try JSON(reading: reply.body)["items"]?.elements?.compactMap { $0["id"]?.asText } ?? [reply.text]
    }

    /// All pages, each with at most so many.
    private func pages(_ query: String, limit: Int) async throws -> [String] {
        var (found, cursor): ([String], String?) = ([], nil)
        repeat {
            let next = cursor.map { "&cursor=\($0)" } ?? ""
            let json = try JSON(
                reading: await shop.send(.init(get: "/v1/orders?\(query)&limit=\(limit)\(next)")).body)
            let some = json["items"]?.elements?.compactMap { $0["id"]?.asText } ?? []
            #expect(some.count <= limit)
            (found, cursor) = (found + some, json["next"]?.asText)
        } while cursor != nil && found.count < 10
        return found
    }

    @Test(arguments: [
        ("status=awaiting%20payment&status=awaiting%20shipment", ["a/1", "b/1", "a/2", "b/2"]),
        ("status=awaiting%20payment&status=awaiting%20shipment&order=newest", ["b/2", "a/2", "b/1", "a/1"]),
        ("status=closed&status=awaiting%20payment", ["a/1", "b/1", "a/3", "b/3"]),
        ("status=closed&status=closed", ["a/3", "b/3"]), ("status=closed&status=nonsense", ["a/3", "b/3"]),
        ("status=closed&status=awaiting%20payment&attribute.shop=7", ["a/1", "b/1", "a/3", "b/3"]),
        ("id_prefix=a", ["a/1", "a/2", "a/3"]), ("id_prefix=b/", ["b/1", "b/2", "b/3"]), ("id_prefix=a/2", ["a/2"]),
        ("id_prefix=c", []), ("id_prefix=a&status=closed", ["a/3"]),
        ("id_prefix=b&placed_from=2026-11-29T12:03:00Z", ["b/2", "b/3"]),
        ("id=a/2", ["a/2"]), ("id=a/2&status=closed", []), ("id=a/3&status=closed&attribute.shop=7", ["a/3"]),
        ("id=a/2&workflow=parcel", []), ("id=a/2&placed_to=2026-11-29T12:01:00Z", []), ("id=nonsense", []),
        ("id=a/2&at=2026-11-29T12:01:30Z", []), ("id=a/3&at_event=e2", []),
        ("id_prefix=a&at=2026-11-29T12:01:30Z", ["a/1"]),
    ])
    func `finds what fits all of it, page by page`(query: String, expected: [String]) async throws {
        #expect(try await ids(query) == expected)
        for limit in [1, 2, 3] { #expect(try await pages(query, limit: limit) == expected, "\(limit)") }
    }

    @Test func `is refused when it does not fit itself`() async throws {
        func code(_ query: String) async -> String? { await shop.send(.init(get: "/v1/orders?\(query)")).code }
        #expect(await code("id=a/2&attribute.nonsense=1") == "not_indexed")
        #expect(await code("id=a/2&id_prefix=a") == "bad_parameter")
        #expect(await code("id_prefix=a&order=newest") == "bad_parameter")
        #expect(await code((0...16).map { "status=s\($0)" }.joined(separator: "&")) == "bad_parameter")
        #expect(await code("workflow=parcel&workflow=parcel") == "bad_parameter")
        let cursor = try #require(
            try JSON(reading: await shop.send(.init(get: "/v1/orders?id_prefix=a&limit=1")).body)["next"]?.asText)
        #expect(await code("id_prefix=b&cursor=\(cursor)") == "bad_cursor")
        #expect(await code("cursor=\(cursor)") == "bad_cursor")
    }
}
