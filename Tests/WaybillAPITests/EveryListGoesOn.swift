import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// Lists that were once answered as a whole go on page by page too.
@Suite struct `Every list` {
    /// Five of each: topics, groups (and one that is gone), lanes, tokens; and the shipped workflows.
    private func shop() async throws -> APIShop {
        let shop = try APIShop()
        for number in 1...5 {
            await shop.send(.init(.put, "/v1/topics/t\(number)", body: #"{"reason":"a test"}"#))
            await shop.send(.init(.put, "/v1/groups/g\(number)", body: #"{"reason":"a test"}"#))
            await shop.send(.init(post: "/v1/groups/g1/receive", #"{"topic":"t\#(number)","client":"c"}"#))
            let sent = await shop.send(
                .init(
                    post: "/v1/topics/t1/messages", #"{"data":1}"#,
                    [(.idempotencyKey, "m-\(number)"), (.lane, "lane \(number)")]))
            #expect(sent.status == 201, "\(sent.text)")
            let token = await shop.send(
                .init(post: "/v1/tokens", #"{"name":"t\#(number)","grants":["viewer"],"reason":"a test"}"#))
            #expect(token.status == 201, "\(token.text)")
        }
        await shop.send(.init(.delete, "/v1/groups/g3?reason=gone"))
        return shop
    }

    private func page(_ target: String, _ name: String, of shop: APIShop) async throws -> ([String], String?) {
        let reply = await shop.send(.init(get: target))
        let json = try JSON(reading: reply.body)
        let found = json["items"]?.elements?.compactMap { $0[name]?.asText } ?? [reply.text]
        return (found, json["next"]?.asText)
    }

    @Test(arguments: [
        ("/v1/groups", "name", 4), ("/v1/groups/g1/lag", "topic", 5), ("/v1/lanes", "name", 5),
        ("/v1/tokens", "id", 5), ("/v1/workflows", "hash", 9), ("/v1/topics", "name", 10),
    ])
    func `goes on where its page ended, without a gap or a double`(
        target: String, name: String, count: Int
    ) async throws {
        let shop = try await shop()
        let (whole, end) = try await page(target, name, of: shop)
        #expect(whole.count == count && Set(whole).count == count && end == nil, "\(whole)")
        for limit in [1, 2, count, count + 1] {
            var (found, cursor): ([String], String?) = ([], nil)
            repeat {
                let next = cursor.map { "&cursor=\($0)" } ?? ""
                let (some, after) = try await page("\(target)?limit=\(limit)\(next)", name, of: shop)
                #expect(some.count <= limit)
                (found, cursor) = (found + some, after)
            } while cursor != nil && found.count <= count
            #expect(found == whole, "\(limit)")
        }
    }

    @Test func `takes no more than a page, and no cursor of another list`() async throws {
        let shop = try await shop()
        let targets = ["/v1/groups", "/v1/groups/g1/lag", "/v1/lanes", "/v1/tokens", "/v1/workflows"]
        var cursors: [String] = []
        for target in targets {
            #expect(await shop.send(.init(get: "\(target)?limit=1001")).code == "bad_parameter")
            cursors.append(try #require(try await page("\(target)?limit=1", "name", of: shop).1))
        }
        for (index, target) in targets.enumerated() {
            let foreign = cursors[(index + 1) % cursors.count]
            #expect(await shop.send(.init(get: "\(target)?cursor=\(foreign)")).code == "bad_cursor")
            #expect(await shop.send(.init(get: "\(target)?cursor=\(cursors[index])")).status == 200)
        }
        let lag = try #require(try await page("/v1/groups/g1/lag?limit=1", "topic", of: shop).1)
        #expect(await shop.send(.init(get: "/v1/groups/g2/lag?cursor=\(lag)")).code == "bad_cursor")
    }
}
