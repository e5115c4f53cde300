import Testing
import Waybill
import WaybillAPI
import WaybillCore

@Suite struct `The list of delayed messages` {
    /// Five of each topic, due in turns, the later ones sent first; two of one moment.
    private func shop() async throws -> APIShop {
        let shop = try APIShop(workflows: [])
        for topic in ["red", "blue"] {
            await shop.send(.init(.put, "/v1/topics/\(topic)", body: #"{"type":"mixed","reason":"a test"}"#))
            for number in (1...5).reversed() {
                let minute = topic == "red" ? number * 2 : max(2, number * 2 - 1)
                let body =
                    #"{"id":"\#(topic)-\#(number)","data":"secret","deliver_at":"2026-11-29T12:\#(10 + minute):00Z"}"#
                let sent = await shop.send(
                    .init(post: "/v1/topics/\(topic)/messages", body, [(.idempotencyKey, "\(topic)-\(number)")]))
                #expect(sent.status == 201, "\(sent.text)")
            }
        }
        return shop
    }

    private func page(_ query: String, of shop: APIShop) async throws -> (ids: [String], next: String?) {
        let reply = await shop.send(.init(get: "/v1/delayed-messages\(query)"))
        let json = try JSON(reading: reply.body)
        return (json["items"]?.elements?.compactMap { $0["id"]?.asText } ?? [reply.text], json["next"]?.asText)
    }

    @Test(arguments: [1, 2, 3, 9, 10, 11])
    func `goes by the time to come, page by page, without a gap or a double`(limit: Int) async throws {
        let shop = try await shop()
        let whole = try await page("", of: shop).ids
        #expect(
            whole == [
                "red-1", "blue-1", "blue-2", "red-2", "blue-3", "red-3", "blue-4", "red-4", "blue-5", "red-5",
            ])
        for (topic, expected) in [("", whole), ("red", whole.filter { $0.hasPrefix("red") })] {
            var (found, cursor): ([String], String?) = ([], nil)
            repeat {
                let next = cursor.map { "&cursor=\($0)" } ?? ""
                let only = topic.isEmpty ? "" : "&topic=\(topic)"
                let one = try await page("?limit=\(limit)\(only)\(next)", of: shop)
                (found, cursor) = (found + one.ids, one.next)
            } while cursor != nil && found.count <= 10
            #expect(found == expected)
        }
        let cursor = try #require(try await page("?limit=1", of: shop).next)
        #expect(await shop.send(.init(get: "/v1/delayed-messages?topic=red&cursor=\(cursor)")).code == "bad_cursor")
        #expect(await shop.send(.init(get: "/v1/delayed-messages?topic=none")).code == "unknown_topic")
    }

    @Test func `has what waits, with the handle that takes it back, and nothing of what it says`() async throws {
        let shop = try await shop()
        let reply = await shop.send(.init(get: "/v1/delayed-messages?topic=red"))
        #expect(!reply.text.contains("secret"))
        let first = try #require(try JSON(reading: reply.body)["items"]?.elements?.first)
        let handle = try #require(first["recall"]?.asText)
        let recalled = await shop.send(
            .init(post: "/v1/topics/red/messages/recall", #"{"handle":"\#(handle)","reason":"a test"}"#))
        #expect(recalled.status == 200, "\(recalled.text)")
        #expect(try await page("?topic=red", of: shop).ids == ["red-2", "red-3", "red-4", "red-5"])
        shop.book.advance(by: .minutes(16))
        #expect(try await page("?topic=red", of: shop).ids == ["red-4", "red-5"])
        #expect(
            try await shop.book.messages.delayed(in: "red").elements.map(\.due.iso8601)
                == ["2026-11-29T12:18:00Z", "2026-11-29T12:20:00Z"])
    }
}
