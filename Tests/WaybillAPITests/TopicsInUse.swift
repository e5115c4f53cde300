import Testing
import WaybillAPI

@Suite struct `A topic that orders need` {
    @Test func `is not deleted over HTTP, and the answer says which workflows send to it`() async throws {
        let shop = try APIShop()
        let refused = await shop.send(Example.Step(.delete, "/v1/topics/order?reason=tidy"))
        #expect(refused.status == 409 && refused.code == "topic_in_use", "\(refused.text)")
        #expect(refused.text.contains(#""workflows":["#), "\(refused.text)")
        #expect(refused.text.contains(#""standard-order""#) && refused.text.contains(#""modules":[]"#))
        #expect(await shop.send(Example.Step(get: "/v1/topics/order")).status == 200)
    }
}
