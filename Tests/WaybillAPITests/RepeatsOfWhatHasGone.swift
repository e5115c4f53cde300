import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// The answer of the first time is given again, also when what it was about has gone since.
@Suite struct `A repeat about what has gone` {
    private let shop: APIShop

    init() async throws {
        shop = try APIShop()
        for step in DeadLetterSteps.given { await shop.send(step) }
    }

    /// A message that was given up.
    private enum DeadLetterSteps {
        static let given = [
            ExampleShop.topic, ExampleShop.group, ExampleShop.message, ExampleShop.receiveBooking, ExampleShop.giveUp,
        ]
    }

    private func isReplayed(_ reply: Reply) -> Bool {
        reply.headers.contains { $0 == ("idempotency-replayed", "true") }
    }

    @Test func `gets the report of a look-back whose message is not there any more`() async throws {
        let step = Example.Step(
            post: "/v1/groups/shipping/look-back",
            #"{"topic":"ledger","message":"booking-9","reason":"a parcel was lost"}"#, [(.idempotencyKey, "back")])
        let first = await shop.send(step)
        #expect(first.status == 200, "\(first.text)")
        let gone = await shop.send(.init(.delete, "/v1/topics/ledger?reason=over"))
        #expect(gone.status == 204, "\(gone.text)")
        let second = await shop.send(step)
        #expect(second.status == 200 && second.text == first.text && isReplayed(second), "\(second.text)")
        let other = await shop.send(
            .init(
                post: "/v1/groups/shipping/look-back",
                #"{"topic":"ledger","message":"booking-9","reason":"another"}"#, [(.idempotencyKey, "back")]))
        #expect(other.code == "key_reused", "\(other.text)")
        let fresh = await shop.send(
            .init(
                post: "/v1/groups/shipping/look-back",
                #"{"topic":"ledger","message":"booking-9","reason":"a parcel was lost"}"#, [(.idempotencyKey, "new")]))
        #expect(fresh.code == "unknown_message", "\(fresh.text)")
    }

    @Test func `gets the count of a redrive whose letter is not there any more`() async throws {
        let step = Example.Step(
            post: "/v1/groups/shipping/dead-letters/redrive", #"{"ids":["booking-9"],"reason":"mended"}"#,
            [(.idempotencyKey, "again")])
        let first = await shop.send(step)
        #expect(first.status == 200 && first.text == #"{"redriven":1}"#, "\(first.text)")
        let gone = await shop.send(.init(.delete, "/v1/groups/shipping?reason=over"))
        #expect(gone.status == 204, "\(gone.text)")
        let second = await shop.send(step)
        #expect(second.status == 200 && second.text == first.text && isReplayed(second), "\(second.text)")
        #expect(await shop.send(.init(post: step.target, step.body)).code == "unknown_group")
    }
}

/// The description of the operations is built once.
@Suite struct `A document about the operations` {
    @Test func `is built once for the workflows that take orders, and anew for others`() throws {
        let documents = KeptDocuments()
        var built = 0
        func ask(_ hashes: [WorkflowHash]) throws -> [UInt8] {
            try documents.document(of: hashes) {
                built += 1
                return [UInt8(built)]
            }
        }
        let asked: [[WorkflowHash]] = [[], [], ["a"], ["a"], [], ["a", "b"], []]
        #expect(try asked.map { try ask($0) } == [[1], [1], [2], [2], [1], [3], [1]])
        #expect(built == 3)
    }

    @Test func `knows the commands of a workflow as soon as it takes orders`() async throws {
        let shop = try APIShop(workflows: [])
        let before = await shop.send(.init(get: "/v1/openapi.json"))
        #expect(!before.text.contains("rental.book"))
        await shop.send(ExampleShop.rental)
        #expect(await shop.send(.init(get: "/v1/openapi.json")).text.contains("rental.book"))
        let plain = await shop.send(.init(get: "/openapi.json"))
        #expect(!plain.text.contains("rental.book"))
        #expect(await shop.send(.init(get: "/openapi.json")).body == plain.body)
    }
}
