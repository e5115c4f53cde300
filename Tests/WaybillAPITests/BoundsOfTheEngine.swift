import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// A bound has one home, the engine: what crosses it is refused by the same code whichever way it comes.
@Suite struct `A setting beyond a bound` {
    @Test(arguments: [
        (Example.Step(.put, "/v1/topics/new", body: #"{"queues":0}"#), "bad_setting"),
        (Example.Step(.put, "/v1/groups/new", body: #"{"max_attempts":1001}"#), "bad_setting"),
        (Example.Step(.put, "/v1/groups/new", body: #"{"ladder":[]}"#), "bad_setting"),
        (
            Example.Step(
                .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "k")], body: #"{"priority":10,"data":1}"#),
            "bad_priority"
        ),
        (
            Example.Step(
                .post, "/v1/groups/shipping/receive", body: #"{"topic":"ledger","client":"c","max":101}"#),
            "bad_setting"
        ),
        (
            Example.Step(
                .post, "/v1/groups/shipping/dead-letters/redrive", body: #"{"limit":0,"reason":"a test"}"#),
            "bad_setting"
        ),
    ])
    func `is refused by the engine's own code`(step: Example.Step, code: String) async throws {
        let shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group] { await shop.send(step) }
        let reply = await shop.send(step)
        #expect(reply.status == 422)
        #expect(reply.code == code, "\(reply.text)")
    }
}
