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

    @Test(
        arguments: [
            ("extend", "invisible_ms", [1, 43_200_000], [0, 43_200_001]),
            ("fail", "retry_after_ms", [0, 43_200_000], [-1, 43_200_001]),
        ] as [(String, String, [Int], [Int])])
    func `is refused once for all receipts, and each has its own answer at the bound`(
        verb: String, field: String, taken: [Int], refused: [Int]
    ) async throws {
        let shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group] { await shop.send(step) }
        func answer(_ group: String, _ milliseconds: Int) async -> Reply {
            let body = #"{"receipts":["00","01"],"\#(field)":\#(milliseconds)}"#
            return await shop.send(.init(post: "/v1/groups/\(group)/\(verb)", body))
        }
        for milliseconds in taken {
            let reply = await answer("shipping", milliseconds)
            #expect(reply.status == 200 && reply.text.contains("stale_receipt"), "\(reply.text)")
        }
        for milliseconds in refused {
            let reply = await answer("shipping", milliseconds)
            #expect(reply.status == 422 && reply.code == "bad_setting", "\(reply.text)")
        }
        #expect(await answer(String(repeating: "g", count: 257), 1).code == "unknown_group")
        #expect(await answer(String(repeating: "g", count: 256), 1).status == 200)
    }
}
