import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

/// A token for one group answers for that group alone.
@Suite struct `A receipt of another group` {
    @Test(arguments: ["acknowledge", "fail", "extend", "dead-letter"])
    func `answers for nothing, and its delivery stays out`(verb: String) async throws {
        let shop = try APIShop()
        for step in [ExampleShop.topic, ExampleShop.group, ExampleShop.message] { await shop.send(step) }
        await shop.send(Example.Step(.put, "/v1/groups/billing", body: #"{"max_attempts":5}"#))
        let received = try JSON(reading: await shop.send(ExampleShop.receiveBooking).body)
        let receipt = try #require(received["items"]?.elements?.first?["receipt"]?.asText)
        let more = verb == "extend" ? #","invisible_ms":60000"# : ""
        func answer(in group: String) async throws -> JSON? {
            let step = Example.Step(
                .post, "/v1/groups/\(group)/\(verb)", body: "{\"receipts\":[\"\(receipt)\"]\(more)}")
            let worker = Principal(name: "worker", grants: [.consumer(NamePattern(Text(group)))])
            let reply = await shop.send(step, as: worker)
            #expect(reply.status == 200)
            return try JSON(reading: reply.body)["items"]?.elements?.first
        }
        let others = try await answer(in: "billing")
        #expect(others?["problem"]?["code"]?.asText == "stale_receipt")
        let own = try await answer(in: "shipping")
        #expect(own?["result"]?.asText == "done", "the delivery is still out")
        guard verb == "acknowledge" || verb == "dead-letter" else { return }
        shop.book.advance(by: .minutes(1))
        let again = try JSON(reading: await shop.send(ExampleShop.receiveBooking).body)
        #expect(again["items"]?.elements?.isEmpty == true, "what is done does not come again")
        let dead = try JSON(reading: await shop.send(.init(get: "/v1/groups/shipping/dead-letters")).body)
        #expect(dead["items"]?.elements?.count == (verb == "acknowledge" ? 0 : 1))
    }
}
