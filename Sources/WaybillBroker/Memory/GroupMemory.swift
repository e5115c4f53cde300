import Synchronization
package import WaybillCore
import WaybillStore

/// Who may have a message: the groups' memory.
///
/// What a write does reaches it only after the commit, in commit order. Receives change it without a write: scans,
/// first leases of ordinary groups, clients, who waits, and where the clients of a broadcast are. It holds what is in
/// flight, never what waits: its size does not follow the backlog.
///
/// The lock is taken in this file alone. What is done under it is said in the extensions of ``State`` beside it:
///
/// | who | calls |
/// |---|---|
/// | anyone who asks | `read` |
/// | a receive, step by step | `admit`, `scan`, `want`, `release`, `lease`, `end`, `endReceive`, `forget` |
/// | a receive that finds nothing | `wait` and `passOn` |
/// | a client of a broadcast | `scanBroadcast`, `move` |
/// | a write | `freeze`, `popLeaseEnds`: both are given back when it is undone |
/// | the end of a write | `apply` after its commit, `undo` else |
package final class GroupMemory: Sendable {
    let settings: BrokerSettings
    private let state: Mutex<State>

    /// Reads groups, topics and cursors: as many rows as there are queues times groups, however long the queues are.
    init(store: Store, settings: BrokerSettings, now: Moment, uptime: Interval) throws {
        self.settings = settings
        state = Mutex(try State(store, settings, at: now, uptime: uptime))
    }

    /// Asks what is known; the answer is all that leaves the lock.
    @inline(__always)
    func read<Answer: Sendable>(_ question: (borrowing State) -> Answer) -> Answer {
        state.withLock { state in question(state) }
    }

    /// Changes what is known, then wakes whom the change is for: nothing resumes under the lock.
    @inline(__always)
    private func change<Answer: Sendable>(
        _ body: (inout State) -> (answer: Answer, woken: [@Sendable () -> Void])
    ) -> Answer {
        let (answer, woken) = state.withLock { state in body(&state) }
        for resume in woken { resume() }
        return answer
    }

    /// The groups that have a live consumer of a lane.
    package func groupsServing(lane: Text, at now: Moment) -> [GroupName] {
        read { $0.groupsServing(lane: lane, at: now, settings) }
    }

    /// Whether a lane has messages or consumers, or was named by a client lately.
    package func knows(lane: Text, at now: Moment, uptime: Interval) -> Bool {
        read { $0.knows(lane: lane, at: now, uptime: uptime, settings) }
    }

    // MARK: Receiving

    /// Lets a receive in, or says what it has to do first.
    func admit(_ request: ReceiveRequest, at now: Moment, uptime: Interval) -> Admission {
        state.withLock { state in state.admit(request, at: now, uptime: uptime, settings) }
    }

    /// Where to look in the first of some queues that has something for this consumer, and how many were passed; nil:
    /// nothing is there for it now.
    ///
    /// - Parameter readySeen: as of which change it has looked at all ready rows of the first queue.
    func scan(
        _ queues: ArraySlice<StoredQueueNumber>, of group: GroupNumber, _ request: ReceiveRequest, max: Int,
        readySeen: UInt64? = nil
    ) -> (passed: Int, step: ScanStep)? {
        state.withLock { state in
            for (passed, queue) in queues.enumerated() {
                let readySeen = passed == 0 ? readySeen : nil
                let step = state.scan(queue, of: group, request, max: max, readySeen: readySeen, settings)
                if let step { return (passed, step) }
            }
            return nil
        }
    }

    /// Keeps ready rows for one consumer while it takes them; answers those that no other one wants.
    func want(_ offsets: [Int64], of key: CursorKey) -> Set<Int64> {
        state.withLock { state in state.groups[key.group]?.cursors[key.queue]?.want(offsets) ?? [] }
    }

    /// Ready rows that were kept for a consumer and not read after all.
    func release(_ offsets: Set<Int64>, of key: CursorKey) {
        guard !offsets.isEmpty else { return }
        change { state in ((), state.release(offsets, of: key)) }
    }

    /// Leases what was found without a write, and ends the scan; answers what the consumer got. No other consumer has
    /// it, and it is below the mark.
    func lease(
        _ found: [Candidate], _ scan: Scan, for request: ReceiveRequest, at now: Moment, nonce: @Sendable () -> Int64
    ) -> [GrantedLease] {
        change { state in
            let granted = state.lease(found, scan, for: request, at: now, settings, nonce: nonce)
            return (granted, state.end(scan, found: found, tookAll: true, isRefused: false))
        }
    }

    /// After a scan whose messages were leased in a write, or not at all: others may look at what it had kept.
    ///
    /// - Parameter isRefused: nothing can be written now, so no other consumer is to try at once.
    func end(_ scan: Scan, found: [Candidate], tookAll: Bool, isRefused: Bool = false) {
        change { state in ((), state.end(scan, found: found, tookAll: tookAll, isRefused: isRefused)) }
    }

    /// The end of a receive that was admitted: the bytes that it might read are others' again.
    ///
    /// - Parameter leases: what it got, to be given again to the same attempt.
    func endReceive(
        _ admitted: Admitted, _ request: ReceiveRequest, _ end: ReceiveEnd, leases: [GrantedLease] = []
    ) {
        change { state in ((), state.endReceive(admitted, request, end, leases: leases, settings)) }
    }

    /// Nothing of what an attempt was given is out any more: asked again, it is given something new.
    func forget(_ batch: [RememberedBatches.Element], of request: ReceiveRequest, in group: GroupNumber) {
        guard let attempt = RememberedBatches.Key(request) else { return }
        state.withLock { state in state.groups[group]?.batches.forget(batch, of: attempt) }
    }

    // MARK: Broadcast

    /// Where a client of a broadcast group looks next in a queue; nil: it has seen all.
    func scanBroadcast(_ request: ReceiveRequest, _ group: GroupNumber, _ queue: StoredQueueNumber) -> Scan? {
        state.withLock { state in state.scanBroadcast(request, group, queue) }
    }

    /// A client of a broadcast group has seen what lies below an offset.
    func move(_ client: Text, of group: GroupNumber, _ queue: StoredQueueNumber, to offset: Int64) {
        state.withLock { state in
            let old = state.groups[group]?.clients[client]?.positions[queue] ?? 0
            state.groups[group]?.clients[client]?.positions[queue] = max(old, offset)
        }
    }

    // MARK: Clients and waiting

    /// A client is heard of: by a heartbeat, or because it is part of this process and says itself when it goes.
    package func see(_ client: Text, of group: GroupName, isAttached: Bool, at now: Moment) {
        state.withLock { state in
            guard let number = state.names[group] else { return }
            state.groups[number]?.see(client, at: now)
            if isAttached { state.groups[number]?.clients[client]?.isAttached = true }
        }
    }

    /// A client that was part of this process, or had an open stream, is alive from now on by what it asks only.
    package func detach(_ client: Text, of group: GroupName, at now: Moment) {
        state.withLock { state in
            guard let number = state.names[group], state.groups[number]?.clients[client] != nil else { return }
            state.groups[number]?.clients[client]?.isAttached = false
            state.groups[number]?.clients[client]?.seenAt = now
        }
    }

    /// Waits until something happens on a topic or in a group, or until the deadline. Returns at once when it has
    /// happened since `seen`.
    ///
    /// - Parameter deadline: by uptime, so that a wall clock that is set back prolongs no wait.
    /// - Returns: false: as many wait as may, and nothing has happened.
    func wait(
        _ group: GroupNumber, _ request: ReceiveRequest, until deadline: Interval, seen: ChangeMark
    ) async -> Bool {
        let number = state.withLock { state in state.numberNextWaiter() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(number: number, request, seen: seen) { continuation.resume(returning: true) }
                let entry = state.withLock { state in
                    Task.isCancelled ? .looksAgain : state.add(waiter, of: group, until: deadline, settings)
                }
                switch entry {
                case .waits: break
                case .looksAgain: continuation.resume(returning: true)
                case .isFull: continuation.resume(returning: false)
                }
            }
        } onCancel: {
            change { state in ((), state.removeWaiters(of: group) { $0.number == number }) }
        }
    }

    /// The same without a task: calls `resume` when something has happened, when the time is over, or when the wait is
    /// ended.
    func wait(
        _ group: GroupNumber, _ request: ReceiveRequest, until deadline: Interval, seen: ChangeMark,
        resume: @escaping @Sendable () -> Void
    ) -> (entry: WaitEntry, number: UInt64) {
        state.withLock { state in
            let waiter = Waiter(number: state.numberNextWaiter(), request, seen: seen, resume: resume)
            return (state.add(waiter, of: group, until: deadline, settings), waiter.number)
        }
    }

    /// Ends one wait before its time.
    func endWait(_ number: UInt64, of group: GroupNumber) {
        change { state in ((), state.removeWaiters(of: group) { $0.number == number }) }
    }

    /// After a receive that may have left something: wakes the next of its like that has not looked since.
    func passOn(_ group: GroupNumber, _ request: ReceiveRequest) {
        change { state in ((), state.passOn(group, WaiterKind(request))) }
    }

    /// Ends the waits whose time is over.
    func endWaits(upTo uptime: Interval) {
        change { state in ((), state.wake(WakeUps(), uptime: uptime)) }
    }

    /// Receives that wait.
    package var waitingCount: Int { read { $0.waiting.count } }

    /// Leases in memory are about to be written down for the next opening: from now on no consumer gets another one.
    func endLeasing() { state.withLock { state in state.isEnding = true } }

    /// The file is being closed: every wait ends.
    package func close() {
        change { state in ((), state.close()) }
    }

    /// When the next lease ends; nil: none is pending.
    package var nextLeaseEnd: Moment? { read { $0.leaseEnds.earliest } }

    /// When the next lease ends, and by uptime the next wait; nil: there is none.
    var nextEnds: (lease: Moment?, wait: Interval?) { read { ($0.leaseEnds.earliest, $0.nextWaitEnd) } }

    // MARK: Writes

    /// Keeps consumers from taking from memory while a write moves the cursor.
    func freeze(_ key: CursorKey) {
        state.withLock { state in state.groups[key.group]?.cursors[key.queue]?.isBeingMoved = true }
    }

    /// The lease ends that are due, taken off the heap.
    func popLeaseEnds(upTo now: Moment, limit: Int) -> [(due: Moment, lease: LeaseEnd)] {
        state.withLock { state in state.popLeaseEnds(upTo: now, limit: limit) }
    }

    /// Makes known what a committed write did, and wakes who waited for it. Answers what is gone.
    func apply(_ commit: AfterCommit) -> GoneCounts {
        guard !commit.changes.isEmpty else { return GoneCounts() }
        return change { state in
            let wakeUps = state.apply(commit.changes, settings)
            defer { state.gone = GoneCounts() }
            return (state.gone, state.wake(wakeUps, uptime: commit.changes.uptime))
        }
    }

    /// Gives back what an undone write had kept for itself: lease ends, and cursors that it was about to move.
    func undo(_ changes: PendingChanges) {
        guard !changes.ended.isEmpty || !changes.movedCursors.isEmpty else { return }
        change { state in ((), state.undo(changes)) }
    }
}
