import Testing
import WaybillCore
import WaybillEngine
import WaybillTimeouts

@testable import WaybillBroker

@Suite struct `Bug 0043: messages that are ready again, in another's hand` {
    /// Who found them all in another's hand concluded that nothing is ready, and did so after the other had let go.
    @Test func `are found when the other lets go of them first`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        for number in 0..<3 { try await broker.send(number) }
        for delivery in try await broker.take("points") {
            #expect(await broker.fail(delivery.receipt, Interval(milliseconds: 0)) == nil)
        }
        let groups = shop.engine.groups
        func look(_ client: Text) throws -> Scan {
            let reception = ReceiveRequest(
                group: "points", subscription: Subscription("orders"), client: client, max: 1)
            let admission = groups.admit(reception, at: shop.clock.now, uptime: shop.clock.now.since(shop.clock.start))
            guard case .queues(let admitted) = admission,
                case .scan(let scan)? = groups.scan(
                    admitted.queues[...], of: admitted.group, reception, max: 1)?.step
            else { throw Unexpected("nothing to look at") }
            groups.endReceive(admitted, reception, .failed)
            return scan
        }
        let first = try look("first")
        #expect(groups.want([0, 1, 2], of: first.key) == [0, 1, 2])
        let second = try look("second")
        #expect(groups.want([0, 1, 2], of: second.key) == [])
        let found = (0..<Int64(3)).map { offset in
            var one = Candidate(offset: offset)
            (one.attempt, one.verdict) = (1, .left)
            return one
        }
        groups.end(first, found: found, tookAll: false)
        groups.end(second, found: [], tookAll: true)
        #expect(try await broker.drain("points") == [0, 1, 2])
    }
}
