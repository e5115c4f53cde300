import Synchronization
import Testing
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

@testable import WaybillBroker

@Suite struct `Bug 0173: a message that is leased while its cursor is shortened` {
    /// What a consumer does between the flush and the commit of a write.
    private final class BeforeCommit: Sendable {
        let work = Mutex<(@Sendable () -> Void)?>(nil)
    }

    private static let pairs = 1_001

    /// The write moved the lowest unfinished messages to rows; one that was leased in memory before the commit was
    /// released by it, and given to another consumer.
    @Test func `is given to one consumer`() async throws {
        let beforeCommit = BeforeCommit()
        var stores = StoreSettings()
        stores.commitFault = {
            beforeCommit.work.withLock { work in
                work?()
                return nil
            }
        }
        let engine = try Engine(
            store: Store.inMemory(settings: stores), workflows: [],
            world: .virtual(VirtualClock(start: ReopenedBroker.opening), seed: 7)
        ) { _ in throw EngineFailure.damaged("no workflow") }
        defer { engine.close() }
        _ = await engine.submit(CreateTopic("orders", TopicSettings(type: .mixed)))
        _ = await engine.submit(KeepGroup("points", GroupSettings()))
        let some = ReceiveRequest(
            group: "points", subscription: Subscription("orders", tags: "some"), client: "c1", max: 100)
        let rest = ReceiveRequest(
            group: "points", subscription: Subscription("orders", tags: "rest"), client: "c2", max: 100)
        #expect(try await engine.receive(rest).get().isEmpty)
        for pair in 0..<Self.pairs {
            let sent = await engine.submit(
                Send(["rest", "some"].map { NewMessage(to: "orders", body: Array("\(pair)".utf8), tag: $0) }))
            #expect(sent.refusal == nil)
        }
        var held: [Delivery] = []
        while case let batch = try await engine.receive(some).get(), !batch.isEmpty { held += batch }
        #expect(held.count == Self.pairs)
        let last = held.removeLast()
        for delivery in held { #expect(await engine.submit(Acknowledge(delivery.receipt)).refusal == nil) }

        let leased = Mutex<[GrantedLease]>([])
        let groups = engine.groups
        let content = try MessageContent(
            MessageRow(event: nil, bornAt: ReopenedBroker.opening, body: [1], id: "m"), event: nil)
        beforeCommit.work.withLock { work in
            work = {
                guard case (_, .scan(let scan))? = groups.scan([StoredQueueNumber(1)], of: GroupNumber(1), rest, max: 1)
                else { return }
                var found = Candidate(offset: 0)
                found.verdict = .wanted(content)
                let leases = groups.lease([found], scan, for: rest, at: ReopenedBroker.opening) { 77 }
                leased.withLock { $0 += leases }
            }
        }
        #expect(await engine.submit(Acknowledge(last.receipt)).refusal == nil)
        beforeCommit.work.withLock { $0 = nil }
        let row = try engine.store.read { rows in
            try rows.redelivery(of: GroupNumber(1), at: MessagePlace(queue: StoredQueueNumber(1), offset: 0))
        }
        #expect(row != nil, "the cursor was not shortened")
        let later = try await engine.receive(rest).get().map(\.place.offset)
        let early = leased.withLock { $0.map(\.place.offset) }
        #expect((early + later).count { $0 == 0 } == 1, "\(early) before the commit, \(later.prefix(3)) after it")
    }
}
