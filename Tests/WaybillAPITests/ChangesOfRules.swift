import Testing
import Waybill
import WaybillAPI
import WaybillBroker
import WaybillCore
import WaybillEngine

/// Two who change the same thing at once.
@Suite struct `A change of rules` {
    @Test func `of a group keeps what another has changed in the meantime`() async throws {
        let shop = try APIShop(workflows: [])
        await shop.send(ExampleShop.group)
        // Neither knows of the other: each gives one rule, and is asked for the rest in its write.
        let changes = [
            UpdateGroup("shipping") { rules in
                var rules = rules
                rules.attemptsMax = 3
                return rules
            },
            UpdateGroup("shipping") { rules in
                var rules = rules
                rules.invisible = .minutes(2)
                return rules
            },
        ]
        for change in changes { _ = try await shop.book.engine.submit(change).get() }
        let rules = try #require(try await shop.book.messages.group("shipping")?.settings)
        #expect(rules.attemptsMax == 3 && rules.invisible == .minutes(2))
        let reply = await shop.send(.init(.put, "/v1/groups/shipping", body: #"{"max_attempts":4}"#))
        #expect(reply.status == 200 && reply.text.contains(#""invisible":"2m""#), "\(reply.text)")
    }

    @Test func `of a topic or a group answers whether it was made`() async throws {
        let shop = try APIShop(workflows: [])
        for target in ["/v1/topics/news", "/v1/groups/desk"] {
            #expect(await shop.send(.init(.put, target, body: "{}")).status == 201)
            #expect(await shop.send(.init(.put, target, body: "{}")).status == 200)
        }
    }
}
