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
            let welcome = groups.route(reception, at: shop.clock.now, uptime: shop.clock.now.since(shop.clock.start))
            guard case .queues(let group, let queues) = welcome,
                let queue = queues.first, let look = groups.scan(queue, of: group, reception, max: 1)
            else { throw Unexpected("nothing to look at") }
            return look
        }
        let first = try look("first")
        #expect(groups.want([0, 1, 2], of: first.key) == [0, 1, 2])
        let second = try look("second")
        #expect(groups.want([0, 1, 2], of: second.key) == [])
        let found = (0..<3).map { offset in
            Candidate(
                offset: offset, attempt: 1, isReplayed: false, message: nil, messageGroup: nil, verdict: .left)
        }
        groups.finish(first, found: found, tookAll: false)
        groups.finish(second, found: [], tookAll: true)
        #expect(try await broker.drain("points") == [0, 1, 2])
    }
}
