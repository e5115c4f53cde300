import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Bug 0172: a queue that is made in the write of a subscription` {
    /// A verb that looked at the topic in the same write hid that the queue was new: groups that were away got no
    /// cursor on it, and retention did not know that its messages were owed to them.
    @Test(arguments: [true, false]) func `is read by the groups that are away, and by the new one`(
        sendsFirst: Bool
    ) async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin("points")
        try await broker.createGroup("mail", GroupSettings())
        try await broker.send(0)
        #expect(try await broker.drain("points") == [0])
        let send = Send([NewMessage(to: "orders", body: Array("1".utf8), priority: 3)])
        let subscribe = Subscribe("mail", Subscription("orders"))
        let refused = shop.engine.areRefused(sendsFirst ? [send, subscribe] : [subscribe, send])
        #expect(refused == [false, false])
        for group in 1...2 {
            let cursors = try shop.engine.store.read { rows in try rows.cursors(of: GroupNumber(Int64(group)), limit: 9)
            }
            #expect(cursors.map(\.queue) == [StoredQueueNumber(1), StoredQueueNumber(2)], "group \(group)")
        }
        _ = await shop.ask(UpdateTopic("orders", TopicSettings(type: .mixed, retention: Interval(milliseconds: 0))))
        broker.pass(.hours(1))
        while try shop.engine.maintain() {}
        #expect(try await broker.drain("points") == [1])
    }
}
