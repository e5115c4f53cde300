import Synchronization
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Hands messages to consumers.
///
/// A consumer looks (a read), and takes what it wants of what it found: first deliveries of ordinary groups from
/// memory, all else in a write, which the intake shares with others. What somebody else took meanwhile it does not get.
///
/// ```
///  welcome ─► look ─► read and choose ─► take ─► deliveries
///    │          ▲           │              │
///    │ unknown: │           └── nothing ───┴──► next queue ... wait for a commit ─► look again
///    └ subscribe┘
/// ```
package struct Receiver: Sendable {
    /// What a receiver has in common with the broker, without the broker's write.
    package struct Parts: Sendable {
        let store: Store
        let world: World
        let settings: BrokerSettings
        let groups: GroupMemory
        let seal: Seal
        let contents: any EventContents
        let ring: TraceRing

        package init(_ broker: Broker) {
            store = broker.store
            world = broker.world
            settings = broker.settings
            groups = broker.groups
            seal = broker.seal
            contents = broker.contents
            ring = broker.ring
        }
    }

    private let parts: Parts
    /// Has a request of the broker written; returns after its commit.
    let submit: @Sendable (BrokerRequest) async -> BrokerReply
    /// Makes messages and redeliveries visible whose time has come, as many as a write may; false: there are none.
    private let surface: @Sendable () async -> Bool
    /// Looks at one queue in one receive; each is a read, and a write where rows are taken.
    private static let looksMax = 64
    /// Times that a group is told of a topic before its consumer is.
    private static let welcomesMax = 3

    package init(
        _ parts: Parts, submit: @escaping @Sendable (BrokerRequest) async -> BrokerReply,
        surface: @escaping @Sendable () async -> Bool
    ) {
        self.parts = parts
        self.submit = submit
        self.surface = surface
    }

    var store: Store { parts.store }
    var world: World { parts.world }
    var settings: BrokerSettings { parts.settings }
    var groups: GroupMemory { parts.groups }
    var seal: Seal { parts.seal }
    var contents: any EventContents { parts.contents }

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

    private func supply(_ request: ReceiveRequest, inOneWrite: Bool) async -> Result<ReceivedBatch, MessageRefusal> {
        if let refusal = request.refusal(settings) { return .failure(refusal) }
        let deadline = world.uptime() + request.wait
        do {
            while true {
                let attempt = try await lookOnce(request, inOneWrite: inOneWrite)
                switch attempt {
                case .refused(let refusal): return .failure(refusal)
                case .some(let supply): return .success(supply)
                case .nothing(let group, let seen):
                    if await surface() { continue }
                    guard world.uptime() < deadline, !Task.isCancelled, let seen else {
                        return .success(.deliveries([]))
                    }
                    await groups.wait(group, request, until: deadline, seen: seen)
                    if Task.isCancelled {
                        // Nobody would take what it gets: what it may have been woken for is for the next.
                        groups.passOn(group, request)
                        return .success(.deliveries([]))
                    }
                }
            }
        } catch {
            return .failure(.undone("\(error)"))
        }
    }

    private enum Outcome {
        case refused(MessageRefusal)
        case some(ReceivedBatch)
        case nothing(GroupNumber, GroupMemory.ChangeMark?)
    }

    private func lookOnce(_ request: ReceiveRequest, inOneWrite: Bool) async throws -> Outcome {
        var route = groups.route(request, at: world.now(), uptime: world.uptime())
        // A message that becomes visible meanwhile may open a queue that the group is not told of yet.
        for _ in 0..<Self.welcomesMax {
            guard case .unknown = route else { break }
            let reply = await submit(.subscribe(request.group, request.subscription, client: request.client))
            if let refusal = reply.refusal { return .refused(refusal) }
            route = groups.route(request, at: world.now(), uptime: world.uptime())
        }
        switch route {
        case .refused(let refusal): return .refused(refusal)
        case .unknown: return .refused(.overloaded("the group is being changed", retryAfter: .seconds(1)))
        case .again(let group, let batch):
            let deliveries = try again(batch, group)
            return deliveries.isEmpty ? .nothing(group, nil) : .some(.deliveries(deliveries))
        case .broadcast(let group, let queues):
            let seen = groups.seen(group, request.subscription.topic)
            let deliveries = try broadcast(request, group, queues)
            return deliveries.isEmpty ? .nothing(group, seen) : .some(.deliveries(deliveries))
        case .queues(let group, let queues):
            let seen = groups.seen(group, request.subscription.topic)
            let (supply, isAll) = try await collect(request, group, queues, inOneWrite: inOneWrite)
            if !isAll || groups.isHeldBack(group) { groups.passOn(group, request) }
            if case .deliveries(let deliveries) = supply, deliveries.isEmpty { return .nothing(group, seen) }
            return .some(supply)
        }
    }

    /// Looks at queue after queue until the batch is full. All: nothing is left that it could have taken.
    private func collect(
        _ request: ReceiveRequest, _ group: GroupNumber, _ queues: [StoredQueueNumber], inOneWrite: Bool
    ) async throws -> (supply: ReceivedBatch, isAll: Bool) {
        var deliveries: [Delivery] = []
        var taken: [GrantedLease] = []
        let share = groups.takeReadingBytes()
        defer { groups.giveBack(readingBytes: share) }
        var bytes = 0
        var isFull = false
        var isAll = true
        for queue in queues {
            var scans = 0
            while scans < Self.looksMax {
                scans += 1
                guard deliveries.count < request.max, !isFull,
                    deliveries.isEmpty || !request.isCautious || isOrdinary(taken)
                else {
                    isAll = false
                    break
                }
                guard var scan = groups.scan(queue, of: group, request, max: request.max - deliveries.count)
                else { break }
                if case .raise(let mark) = scan.taking {
                    // A mark that was not raised would be asked for again without an end.
                    guard await submit(.raiseMark(scan.key, epoch: scan.epoch, to: mark)).refusal == nil else { break }
                    continue
                }
                scan.bytesMax = share - bytes
                scan.isFirst = deliveries.isEmpty
                let isAlone = inOneWrite && deliveries.isEmpty
                if isAlone, let batch = try await untaken(scan, request, group) {
                    return (.batch(batch), false)
                }
                let granted: [(found: Candidate, grant: GrantedLease)]
                (granted, isFull) = try await take(scan, request)
                bytes += granted.reduce(0) { $0 + $1.found.bytes }
                taken += granted.map(\.grant)
                note(granted.map(\.grant), request)
                if isAlone, case .memory = scan.taking, !granted.isEmpty {
                    return (.batch(batch(of: granted, scan, group)), false)
                }
                deliveries += granted.map { delivery($0.found, $0.grant, scan, group) }
            }
            if scans == Self.looksMax { isAll = false }
        }
        if let attempt = request.attempt, !taken.isEmpty { groups.remember(taken, of: attempt, in: group) }
        return (.deliveries(deliveries), isAll)
    }

    /// Remembers for traces who got what.
    private func note(_ granted: [GrantedLease], _ request: ReceiveRequest) {
        let now = world.now()
        parts.ring.note(
            granted.map { grant in
                TraceRing.Entry(
                    grant.place,
                    MessageTrace.Happening(
                        at: now, kind: .delivered, group: request.group, client: request.client,
                        attempt: grant.attempt))
            })
    }

    /// Whether nothing of it may have ended a process before.
    private func isOrdinary(_ taken: [GrantedLease]) -> Bool { taken.allSatisfy { $0.attempt == 1 } }

    /// Takes what a look finds; full: something was left because the batch has no bytes for it.
    private func take(
        _ scan: Scan, _ request: ReceiveRequest
    ) async throws -> (granted: [(found: Candidate, grant: GrantedLease)], isFull: Bool) {
        var found: [Candidate] = []
        var tookAll = false
        var isRefused = false
        defer { groups.finish(scan, found: found, tookAll: tookAll, isRefused: isRefused) }
        found = try read(scan)
        guard !found.isEmpty else {
            tookAll = true
            return ([], false)
        }
        let grants: [GrantedLease]
        switch scan.taking {
        case .memory:
            grants = groups.take(found, scan, for: request, at: world.now()) { [world] in world.nonce() }
            tookAll = true
        case .write:
            let request = TakeRequest(scan, found, request)
            guard case .taken(let taking) = await submit(.take(request)) else {
                isRefused = true
                return ([], false)
            }
            grants = taking.granted
            tookAll = taking.isComplete
        case .raise: return ([], false)
        }
        // Grants come in the order of what was found.
        var granted: [(found: Candidate, grant: GrantedLease)] = []
        for one in found where granted.count < grants.count {
            let grant = grants[granted.count]
            if grant.place.offset == one.offset { granted.append((found: one, grant: grant)) }
        }
        let bytes = granted.reduce(0) { $0 + $1.found.bytes }
        // Nothing more of the size of what was found.
        let isFull =
            granted.count < scan.max
            && found.contains { $0.content != nil && !scan.hasRoom(for: $0, besides: granted.count, bytes: bytes) }
        return (granted, isFull)
    }
}
