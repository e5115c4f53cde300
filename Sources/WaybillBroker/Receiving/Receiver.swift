package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Hands messages to consumers: the table of contents of a receive.
///
/// A consumer looks, and leases what it wants of what it found: first deliveries of ordinary groups in memory, all else
/// in a write, which the intake shares with others. What another consumer took meanwhile it does not get.
///
/// ```
///  admit ─► scan ─► read and select ─► lease ─► deliver
///    │        ▲            │             │         │
///    │ new:   └────────────┴── nothing ──┴─────────┘ until the batch is full or no queue has anything more
///    └ subscribe                                      nothing at all: wait for a commit, and begin again
/// ```
///
/// | step | file | memory's part |
/// |---|---|---|
/// | admit, subscribe if new | `Admit.swift` | `GroupMemory+Admitting.swift` |
/// | choose queues | | `GroupMemory+ChoosingQueues.swift` |
/// | scan | `NextScan.swift` | `GroupMemory+Scanning.swift` |
/// | read | `Read.swift` | |
/// | select | `Select.swift` | |
/// | lease | `Lease.swift`, in a write `Take.swift` | `GroupMemory+Leasing.swift` |
/// | deliver | `Deliver.swift` | |
package struct Receiver: Sendable {
    /// What a receiver has in common with the broker, without the broker's write.
    package struct Parts: Sendable {
        let store: Store
        let world: World
        let settings: BrokerSettings
        package let groups: GroupMemory
        let seal: Seal
        let contents: any EventContents
        let ring: TraceRing

        init(_ broker: Broker, groups: GroupMemory) {
            store = broker.store
            world = broker.world
            settings = broker.settings
            self.groups = groups
            seal = broker.seal
            contents = broker.contents
            ring = broker.ring
        }

        /// A key that follows from the file's secret.
        package func key(for purpose: Text) -> [UInt8] { seal.key(for: purpose) }
    }

    private let parts: Parts
    /// Has verbs written.
    let writer: any VerbWriter

    package init(_ parts: Parts, writer: any VerbWriter) {
        self.parts = parts
        self.writer = writer
    }

    var store: Store { parts.store }
    var world: World { parts.world }
    var settings: BrokerSettings { parts.settings }
    var groups: GroupMemory { parts.groups }
    var seal: Seal { parts.seal }
    var contents: any EventContents { parts.contents }
    var ring: TraceRing { parts.ring }

    /// Messages for a consumer: at once when there are any, else as soon as there are, or none when its time is over.
    package func receive(_ request: ReceiveRequest) async -> Result<[Delivery], MessageRefusal> {
        await supply(request, inOneWrite: false).map { supply in
            switch supply {
            case .deliveries(let deliveries): deliveries
            case .batch: []
            }
        }
    }

    /// The same for a module of this process, which may handle and finish messages in one write.
    package func supply(_ request: ReceiveRequest) async -> Result<ReceivedBatch, MessageRefusal> {
        await supply(request, inOneWrite: true)
    }

    /// Receives, and waits and receives again while there is nothing and time is left.
    private func supply(_ request: ReceiveRequest, inOneWrite: Bool) async -> Result<ReceivedBatch, MessageRefusal> {
        if let refusal = request.refusal(settings) { return .failure(refusal) }
        let deadline = world.uptime() + request.wait
        var hasWaited = false
        do {
            while true {
                switch try await look(request, inOneWrite: inOneWrite) {
                // The end of the file ends a wait, which was let in before.
                case .refused(.shuttingDown) where hasWaited: return .success(.deliveries([]))
                case .refused(let refusal): return .failure(refusal)
                case .some(let supply): return .success(supply)
                case .nothing(let group, let seen):
                    if await writer.surfaceOverdue() { continue }
                    guard world.uptime() < deadline, !Task.isCancelled, let seen else {
                        return .success(.deliveries([]))
                    }
                    guard await groups.wait(group, request, until: deadline, seen: seen) else {
                        return .failure(.overloaded("\(settings.waitersMax) receives wait", retryAfter: .seconds(1)))
                    }
                    hasWaited = true
                    if Task.isCancelled {
                        // Its caller is gone: what it may have been woken for is for the next.
                        groups.passOn(group, request)
                        return .success(.deliveries([]))
                    }
                }
            }
        } catch let refusal as MessageRefusal {
            return .failure(refusal)
        } catch {
            return .failure(.undone("\(error)"))
        }
    }

    /// One look in a child task, whose frames go with it: a receive that waits afterwards keeps none of them.
    private func look(_ request: ReceiveRequest, inOneWrite: Bool) async throws -> Outcome {
        guard world.virtualClock == nil, request.wait.milliseconds > 0 else {
            return try await receiveNow(request, inOneWrite: inOneWrite)
        }
        return try await withThrowingTaskGroup(of: Outcome.self) { group in
            group.addImmediateTask { [self] in try await receiveNow(request, inOneWrite: inOneWrite) }
            guard let outcome = try await group.next() else { throw CancellationError() }
            return outcome
        }
    }

    enum Outcome {
        case refused(MessageRefusal)
        case some(ReceivedBatch)
        case nothing(GroupNumber, GroupMemory.ChangeMark?)
    }

    /// One receive that does not wait.
    func receiveNow(_ request: ReceiveRequest, inOneWrite: Bool) async throws -> Outcome {
        let received: ReceivedBatch
        let admission = await admit(request)
        switch admission {
        case .refused(let refusal): return .refused(refusal)
        case .unknown: return .refused(.overloaded("the group is being changed", retryAfter: .seconds(1)))
        case .again(let group, let batch):
            let deliveries = try deliverAgain(batch, group)
            guard deliveries.isEmpty else { return .some(.deliveries(deliveries)) }
            // Nothing of it is out any more: the attempt looks anew, or it would get nothing as often as it asks.
            groups.forget(batch, of: request, in: group)
            return try await receiveNow(request, inOneWrite: inOneWrite)
        case .broadcast(let admitted):
            defer { groups.endReceive(admitted, request, .tookAll) }
            received = .deliveries(try broadcast(request, admitted))
            return received.isEmpty ? .nothing(admitted.group, admitted.seen) : .some(received)
        case .queues(let admitted):
            var batch = OpenBatch(request, admitted)
            do {
                received = try await fill(&batch, inOneWrite: inOneWrite)
            } catch {
                groups.endReceive(admitted, request, .failed)
                throw error
            }
            groups.endReceive(admitted, request, batch.end, leases: batch.leases)
            return received.isEmpty ? .nothing(admitted.group, admitted.seen) : .some(received)
        }
    }

    /// Looks at queue after queue until the batch is full. A module gets what one scan has found for it alone.
    ///
    /// What it has leased is delivered, whatever happens to a later scan; that is told when there is nothing else.
    private func fill(_ batch: inout OpenBatch, inOneWrite: Bool) async throws -> ReceivedBatch {
        while let scan = await nextScan(&batch) {
            let isForModule = inOneWrite && batch.deliveries.isEmpty
            let found: [Candidate]
            do {
                if isForModule, let unleased = try await readForModule(scan, batch) {
                    batch.mayHaveLeft = true
                    return .batch(unleased)
                }
                found = try read(scan)
            } catch {
                batch.passQueue(because: error)
                continue
            }
            if found.isEmpty, case .ready(_, let change) = scan.source { batch.readySeen = change }
            let leased = await lease(found, scan, &batch)
            batch.add(leased, found, scan)
            record(leased, batch.request)
            if isForModule, scan.isLeasedInMemory, !leased.isEmpty {
                batch.mayHaveLeft = true
                return .batch(moduleBatch(of: leased, scan, batch.admitted.group))
            }
            batch.deliveries += leased.map { deliver($0.found, $0.lease, scan, batch.admitted.group) }
        }
        if batch.deliveries.isEmpty, let failure = batch.failure { throw failure }
        return .deliveries(batch.deliveries)
    }
}
