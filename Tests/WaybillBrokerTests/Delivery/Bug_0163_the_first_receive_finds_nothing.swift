import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

@Suite struct `Bug 0163: the first receive after an opening` {
    /// More than a few rounds fire, so that the writer cannot have fired all of them before somebody asks.
    private static let others = 6_000

    /// A file that was closed in the past, with messages and redeliveries that came due since.
    private func fill(_ file: TemporaryBrokerFile) async throws {
        let desk = try SendingDesk(store: file.open())
        for topic in ["noise", "orders", "failed"] as [TopicName] { try desk.make(topic) }
        for group in ["orders", "failed"] as [GroupName] { _ = try desk.ask(KeepGroup(group, GroupSettings())) }
        let failed = ReceiveRequest(group: "failed", subscription: Subscription("failed"), client: "c")
        _ = try desk.send(.sample("failed"))
        let delivery = try #require(try await desk.engine.receive(failed).get().first)
        _ = try desk.ask(Fail(delivery.receipt, delay: .hours(2), why: "no"))
        let due = desk.now.advanced(by: .hours(1))
        try desk.store.write { transaction in
            let noise = try transaction.keepTopic("noise", at: desk.now)
            let orders = try transaction.keepTopic("orders", at: desk.now)
            let group = try #require(try transaction.group("failed")).number
            let queue = try transaction.keepStoredQueue(topic: "noise", lane: "", at: desk.now)
            for number in 0...Self.others {
                let isLast = number == Self.others
                let id = Text("delayed-\(number)")
                let when = due.advanced(by: Interval(milliseconds: Int64(number)))
                let pending = try transaction.insert(
                    PendingMessageRow(
                        number: PendingMessageNumber(0), state: .delayed, topic: isLast ? orders : noise, lane: "",
                        due: when, message: MessageRow(event: nil, bornAt: desk.now, body: [1], id: id)))
                try transaction.insert(.delayedMessage(pending, due: when))
                let row = RedeliveryRow(
                    group: group, queue: queue, offset: Int64(number), attempt: 1, state: .due, due: when)
                try transaction.insert(row)
                if let timeout = row.timeout { try transaction.insert(timeout) }
            }
        }
        desk.engine.close()
    }

    @Test(arguments: ["orders", "failed"])
    func `finds what came due while the file was closed, without waiting`(name: String) async throws {
        let file = try TemporaryBrokerFile()
        try await fill(file)
        let engine = try Engine(store: file.open(), workflows: [], world: .system) { _ in
            throw EngineFailure.damaged("no workflow")
        }
        defer { engine.close() }
        let reception = ReceiveRequest(
            group: GroupName(name), subscription: Subscription(TopicName(name)), client: "c")
        #expect(try await engine.receive(reception).get().count == 1)
    }
}
