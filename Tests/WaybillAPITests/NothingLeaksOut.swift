import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

/// A secret that was shown once, and a half message that is not decided, are in no answer and no metric.
@Suite struct `What must stay hidden` {
    private static let marker = "marker-of-an-undecided-message"

    private static let half = Example.Step(
        .post, "/v1/half-messages", [(.idempotencyKey, "h-1")],
        body: """
            {"topic":"ledger","producer":"bank","message":{"id":"booking-99","tag":"\(marker)","keys":["\(marker)"],
             "properties":{"a":"\(marker)"},"data":{"text":"\(marker)"}}}
            """)
    private static let token = Example.Step(
        .post, "/v1/tokens", [(.idempotencyKey, "t-1")], body: #"{"name":"eye","grants":["viewer"],"reason":"a test"}"#)

    @Test(arguments: API.operations.map(\.name))
    func `is in no answer`(name: String) async throws {
        let operation = try #require(API.operations.first { $0.name == name })
        // Examples name tokens and receipts that follow from the usual seed.
        let shop = try APIShop(seed: name.hasSuffix("penAPI") ? 7 : 1)
        for step in operation.example.after { await shop.send(step) }
        await shop.send(ExampleShop.topic)
        #expect(await shop.send(Self.half).status == 201)
        let secret = try #require(
            try JSON(reading: await shop.send(Self.token).body)["token"]?.asText?.split(separator: "-").last)
        let viewer = Principal(name: "v", grants: [.viewer, .operator, .metrics])
        for principal in operation.method == .get ? [Principal.owner, viewer] : [.owner] {
            let reply = await shop.send(operation.example.step, as: principal)
            #expect(!reply.text.contains(Self.marker) && !reply.text.contains(secret), "\(operation.name)")
        }
        for step in [Self.half, Self.token] {
            let again = await shop.send(step)
            #expect(again.status == 201)
            #expect(!again.text.contains(Self.marker) && !again.text.contains(secret))
        }
    }

    @Test func `is in no answer about messages, by whatever it is asked`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.topic, ExampleShop.group, Self.half] { await shop.send(step) }
        for target in [
            "/v1/messages?id=booking-99", "/v1/messages?key=\(Self.marker)", "/v1/messages?topic=ledger",
            "/v1/messages/booking-99/trace", "/v1/half-messages", "/v1/audit", "/metrics", "/v1/health",
            "/v1/topics/ledger/retention", "/v1/groups/shipping/lag",
        ] {
            let text = await shop.send(.init(get: target)).text
            #expect(!text.contains(Self.marker), "\(target)")
        }
        let received = await shop.send(
            .init(post: "/v1/groups/shipping/receive", #"{"topic":"ledger","client":"c"}"#))
        #expect(received.status == 200 && !received.text.contains("booking-99"))
        // What a producer is asked about is its own: it must see it to decide.
        shop.book.advance(by: .minutes(2))
        let questions = await shop.send(.init(post: "/v1/producers/bank/checks", "{}"))
        #expect(questions.status == 200)
    }
}
