import Testing
import Waybill
import WaybillAPI
import WaybillCore

@Suite struct `A stock over HTTP` {
    private let shop: APIShop

    init() throws { shop = try APIShop() }

    private func post(_ target: String, _ body: String, key: String? = nil) async -> Reply {
        await shop.send(.init(post: target, body, key.map { [(.idempotencyKey, $0)] } ?? []))
    }

    private func levels(_ query: String = "") async throws -> [String] {
        let json = try JSON(reading: await shop.send(.init(get: "/v1/stock\(query)")).body)
        return json["items"]?.elements?.map { stock in
            let limit = stock["purchase_limit"]?.asInt.map { " of \($0)" } ?? ""
            return
                "\(stock["sku"]?.asText ?? "")@\(stock["location"]?.asText ?? "") \(stock["free"]?.asInt ?? -1)\(limit)"
        } ?? []
    }

    @Test func `without a location is the only one there is, or the request is refused with their names`() async throws
    {
        #expect(await post("/v1/stock/mug/receive?location=east", #"{"quantity":9}"#).status == 200)
        let taken = await post("/v1/stock/mug/receive", #"{"quantity":1}"#, key: "r-1")
        #expect(taken.status == 200 && taken.text.contains(#""location":"east""#), "\(taken.text)")
        let moved = await post("/v1/stock/mug/move", #"{"quantity":4,"to":"west","note":"van 2"}"#)
        #expect(moved.status == 200, "\(moved.text)")
        #expect(try await levels() == ["mug@east 6", "mug@west 4"])
        for (verb, body) in [("receive", #"{"quantity":1}"#), ("adjust", #"{"by":1}"#), ("count", #"{"quantity":1}"#)] {
            let refused = await post("/v1/stock/mug/\(verb)", body)
            #expect(refused.status == 409 && refused.code == "stock_conflict", "\(refused.text)")
            #expect(refused.text.contains("it lies at east and west; name the place"), "\(refused.text)")
        }
        // The first request is answered for the place that it had.
        let again = await post("/v1/stock/mug/receive", #"{"quantity":1}"#, key: "r-1")
        #expect(again.status == 200 && again.text.contains(#""repeated":true"#), "\(again.text)")
        #expect(try await levels() == ["mug@east 6", "mug@west 4"])
        #expect(await post("/v1/stock/mug/receive?location=", #"{"quantity":2}"#).status == 200)
        #expect(try await levels() == ["mug@ 2", "mug@east 6", "mug@west 4"])
        let history = await shop.send(.init(get: "/v1/stock/mug/history?location=west")).text
        #expect(history.contains(#""type":"$move""#) && history.contains(#""place":"east""#), "\(history)")
    }

    @Test(arguments: [#"{"quantity":1}"#, #"{"to":"west"}"#, #"{"quantity":0,"to":"west"}"#, #"{"quantity":1,"to":7}"#])
    func `is not moved by half a request`(body: String) async throws {
        #expect(await post("/v1/stock/mug/receive?location=east", #"{"quantity":9}"#).status == 200)
        let refused = await post("/v1/stock/mug/move", body)
        #expect(refused.status == 422 || refused.status == 400, "\(refused.text)")
        #expect(try await levels() == ["mug@east 9"])
    }

    @Test func `is goods or a purchase limit, and lists tell them apart`() async throws {
        #expect(await post("/v1/stock/phone/receive", #"{"quantity":9}"#).status == 200)
        let placed = await shop.send(
            .init(
                post: "/v1/orders",
                """
                {"id":"o-1","workflow":"flash-sale",
                 "data":{"buyer":"ann","sku":"phone","at":"","price_cents":9,"limit":2}}
                """,
                [(.idempotencyKey, "k-1"), (.role, "shop")]))
        #expect(placed.status == 201, "\(placed.text)")
        #expect(try await levels() == ["limit:phone@ann 1 of 2", "phone@ 8"])
        #expect(try await levels("?kind=goods") == ["phone@ 8"])
        #expect(try await levels("?kind=limits") == ["limit:phone@ann 1 of 2"])
        let cursor = try JSON(reading: await shop.send(.init(get: "/v1/stock?kind=goods&limit=1")).body)["next"]?.asText
        let other = await shop.send(.init(get: "/v1/stock?kind=limits&limit=1&cursor=\(cursor ?? "")"))
        #expect(other.code == "bad_cursor", "\(other.text)")
        #expect(await shop.send(.init(get: "/v1/stock?kind=both")).code == "bad_parameter")
    }
}
