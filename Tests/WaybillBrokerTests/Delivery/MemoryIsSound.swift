import Testing
import WaybillCore
import WaybillStore

@testable import WaybillBroker

/// Debug builds ask after each commit and each lease in memory whether the groups' memory contradicts itself. Each
/// contradiction is planted here once.
@Suite struct `Memory that contradicts itself` {
    private let key = CursorKey(group: GroupNumber(1), queue: StoredQueueNumber(1))

    /// A FIFO group with one message in flight.
    private func memory(_ change: (inout GroupCursor) -> Void = { _ in }) throws -> GroupMemory.State {
        var state = GroupMemory.State()
        var group = GroupState(
            row: GroupRow(
                name: "points", rules: GroupSettings(isFIFO: true), createdAt: ReopenedBroker.opening))
        var cursor = try GroupCursor(CursorRow(group: key.group, queue: key.queue, floor: 4, deliveredThrough: 10))
        cursor.leases[7] = lease("order-1")
        change(&cursor)
        group.cursors[key.queue] = cursor
        group.inFlight = 1
        state.groups[key.group] = group
        state.add(
            TopicState(
                number: TopicNumber(1), name: "orders", epoch: 1,
                queues: [
                    TopicState.Queue(number: key.queue, lane: "", priority: 0)
                ]))
        return state
    }

    private func lease(_ messageGroup: Text, of client: Text = "c1") -> Lease {
        Lease(
            attempt: 1, nonce: 1, until: ReopenedBroker.opening, client: client, bytes: 1,
            takenAt: ReopenedBroker.opening, renews: false, messageGroup: messageGroup)
    }

    @Test func `is not this one`() throws {
        #expect(try memory().flaw(on: key, touching: Array(0..<20)) == nil)
    }

    @Test func `has finished what it may not have delivered`() throws {
        let state = try memory { $0.progress.finish(4..<12) }
        #expect(state.flaw(on: key, touching: [])?.contains("floor") == true)
    }

    @Test func `has finished what is in flight`() throws {
        let state = try memory { $0.progress.finish(7) }
        #expect(state.flaw(on: key, touching: [7])?.contains("finished") == true)
    }

    @Test func `has in flight what a crash would not count`() throws {
        let state = try memory { cursor in
            cursor.leases[12] = cursor.leases.removeValue(forKey: 7)
        }
        #expect(state.flaw(on: key, touching: [12])?.contains("beyond") == true)
    }

    @Test func `has a message group in flight with two clients`() throws {
        var state = try memory { $0.leases[8] = lease("order-1", of: "c2") }
        state.groups[key.group]?.inFlight = 2
        #expect(state.flaw(on: key, touching: [8])?.contains("two clients") == true)
        for other in [lease("order-1"), lease("order-2", of: "c2")] {
            state.groups[key.group]?.cursors[key.queue]?.leases[8] = other
            #expect(state.flaw(on: key, touching: [8]) == nil)
        }
    }

    @Test func `counts other leases than it has`() throws {
        var state = try memory()
        state.groups[key.group]?.inFlight = 0
        #expect(state.flaw(on: key, touching: [])?.contains("counted") == true)
    }
}
