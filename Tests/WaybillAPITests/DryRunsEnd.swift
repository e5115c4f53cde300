import Testing
import Waybill
import WaybillCore
import WorkflowFile

@testable import WaybillAPI

@Suite struct `A dry run of a text from outside` {
    private static let clock = """
        id: clock
        version: 1
        commands:
          start: {by: owner}
        context: {ticks: count}
        initial: on
        states:
          on: {after: {1s: {target: on, actions: [{assign: {ticks: ticks + 1}}]}}}
        """

    /// A hundred waits with a thousand timeouts each held a thread of the engine for hours.
    @Test func `ends when its time is over, in the middle of a wait too`() throws {
        let workflow = try WorkflowFile.load(Self.clock, name: "clock")
        var asked = 0
        let problem = #expect(throws: Problem.self) {
            try Workflows.outcome(
                of: [.wait(.hours(1)), .wait(.hours(1))], under: workflow, [], context: nil,
                at: Moment(milliseconds: 0)
            ) {
                asked += 1
                return asked <= 10
            }
        }
        #expect(problem?.code == .limit && problem?.values["max"] == .number(Int64(DryRuns.secondsMax)))
        #expect(asked == 12, "ten timeouts, the end of the wait, the end of the event")
    }

    @Test func `is one of two at a time`() async throws {
        let shop = try APIShop()
        let runs = shop.api.served.book.dryRuns
        for _ in 0..<DryRuns.max { try runs.begin() }
        #expect(throws: Problem.self) { try runs.begin() }
        let body = #"{"events":[{"wait":"1h"}]}"#
        let refused = await shop.send(.init(post: "/v1/workflows/flash-sale/run", body))
        #expect(refused.status == 503 && refused.code == "overloaded", "\(refused.text)")
        // A text is looked at in the same bound.
        let check = await shop.send(.init(post: "/v1/workflows/check", #"{"text":"id: shop"}"#))
        #expect(check.status == 503 && check.code == "overloaded", "\(check.text)")
        runs.end()
        #expect(await shop.send(.init(post: "/v1/workflows/flash-sale/run", body)).status == 200)
        #expect(await shop.send(.init(post: "/v1/workflows/check", #"{"text":"id: shop"}"#)).status == 200)
        #expect(await shop.send(.init(post: "/v1/workflows/flash-sale/run", body)).status == 200)
    }
}
