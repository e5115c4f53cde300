import Testing
import Waybill
import WaybillAPI
import WaybillCore

@Suite struct `The list of lanes` {
    private func served(_ shop: APIShop) async throws -> [String]? {
        let lanes = try JSON(reading: await shop.send(.init(get: "/v1/lanes")).body)
        return lanes["items"]?.elements?.first?["served_in"]?.elements?.compactMap(\.asText)
    }

    private func receive(_ group: String, lane: String, of shop: APIShop) async -> Reply {
        await shop.send(
            .init(post: "/v1/groups/\(group)/receive", #"{"topic":"news","client":"c-\#(lane)","lane":"\#(lane)"}"#))
    }

    /// The ids of what a consumer gets.
    private func ids(_ reply: Reply) throws -> [String] {
        try JSON(reading: reply.body)["items"]?.elements?.compactMap { $0["message"]?["id"]?.asText } ?? [reply.text]
    }

    private func shop() async throws -> APIShop {
        let shop = try APIShop(workflows: [])
        await shop.send(.init(.put, "/v1/topics/news", body: #"{"reason":"a test"}"#))
        for (id, lane) in [("plain", ""), ("tried", "blue")] {
            let headers: [(RequestHeader, String)] = [(.idempotencyKey, id)] + (lane.isEmpty ? [] : [(.lane, lane)])
            let sent = await shop.send(
                .init(post: "/v1/topics/news/messages", #"{"id":"\#(id)","data":1}"#, headers))
            #expect(sent.status == 201, "\(sent.text)")
        }
        return shop
    }

    @Test func `says in which groups its own consumers read a lane, and who gets it is who it says`() async throws {
        let shop = try await shop()
        #expect(try await served(shop) == [])
        // The consumer of the lane gets the lane; the base of that group gets the rest.
        #expect(try await ids(receive("desk", lane: "blue", of: shop)) == ["tried"])
        #expect(try await served(shop) == ["desk"])
        #expect(try await ids(receive("desk", lane: "", of: shop)) == ["plain"])
        // In another group the base gets both.
        #expect(try await ids(receive("other", lane: "", of: shop)).sorted() == ["plain", "tried"])
        #expect(try await served(shop) == ["desk"])
    }

    @Test func `says that the base gets it when its consumers were silent for twenty seconds, or it is closed`()
        async throws
    {
        let shop = try await shop()
        #expect(try await ids(receive("desk", lane: "blue", of: shop)) == ["tried"])
        shop.book.advance(by: .seconds(19))
        #expect(try await served(shop) == ["desk"])
        shop.book.advance(by: .minutes(10))
        #expect(try await served(shop) == [])
        #expect(try await ids(receive("desk", lane: "", of: shop)).sorted() == ["plain", "tried"])

        #expect(try await ids(receive("late", lane: "blue", of: shop)) == ["tried"])
        #expect(try await served(shop) == ["late"])
        let closed = await shop.send(
            .init(post: "/v1/lanes/blue/close", #"{"end":"promoted","reason":"a test"}"#))
        #expect(closed.status == 200, "\(closed.text)")
        #expect(try await served(shop) == [])
    }
}
