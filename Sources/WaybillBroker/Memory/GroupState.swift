import WaybillCore
import WaybillStore

/// An expression that consumers of a group use for a topic.
struct FilterUse {
    struct Key: Hashable {
        var topic: TopicNumber
        var kind: MessageFilter.Kind
        var expression: Text
    }

    /// By what cursors know it, in this process: never used twice, so that no other expression goes on where it was.
    var number: Int64 = 0
    var filter: MessageFilter
    /// By uptime: a clock that jumps makes no expression old.
    var usedAt: Interval
    /// When its row was last touched, by uptime; nil: not in this process.
    var storedAt: Interval?

    /// Whether its row says that it is in use, give or take a fifth of the time for which it counts as used.
    func isStored(at uptime: Interval, _ settings: BrokerSettings) -> Bool {
        guard let storedAt else { return false }
        return uptime.milliseconds - storedAt.milliseconds < settings.filterUse.milliseconds / 5
    }

    func isInUse(at uptime: Interval, _ settings: BrokerSettings) -> Bool {
        uptime.milliseconds - usedAt.milliseconds <= settings.filterUse.milliseconds
    }
}

/// A consumer of a group, by the id that it gives itself.
struct Client {
    /// Which client of its name it is, in this process: what an earlier one holds is not what it holds.
    let number: UInt64
    var seenAt: Moment
    /// Alive until it says that it leaves, however silent.
    var isAttached = false
    var lane: Text = ""
    /// What it holds of first deliveries.
    var heldBytes = 0
    var heldCount = 0
    /// Of a broadcast group: where it looks next, by stored queue.
    var positions: [StoredQueueNumber: Int64] = [:]
    /// Of a broadcast group: topics that it reads; a queue that such a topic gets later is read from its beginning.
    var topics: Set<TopicNumber> = []
}

/// What memory knows of a group.
struct GroupState {
    var row: GroupRow
    var cursors: [StoredQueueNumber: GroupCursor] = [:]
    /// Why cursors are parked whose rows are damaged.
    var damaged: [StoredQueueNumber: String] = [:]
    var filters: [FilterUse.Key: FilterUse] = [:]
    var clients: [Text: Client] = [:]
    /// Clients so far, for their numbers.
    private var clientCount: UInt64 = 0
    var breaker = Breaker()
    /// Receives so far: every tenth begins with the lowest priority.
    var receives: UInt64 = 0
    /// Raised when something happened for which a waiting consumer should look again.
    var changes: UInt64 = 0
    /// In the order in which they came.
    var waiters: [Waiter] = []
    /// Whether a receive has met a bound: what is finished next may make room.
    var isHeldBack = false
    var batches = RememberedBatches()
    /// Clients of this process that hold redeliveries, so that these can be renewed.
    var holders: [MessagePlace: Holder] = [:]
    /// First deliveries in flight.
    var inFlight = 0
    /// When clients were last looked through for those that may be forgotten.
    private var clientsForgottenAt: Moment?
    /// The queue of its dead letters, once some came back from there.
    var deadLetters: StoredQueueNumber?

    init(row: GroupRow) { self.row = row }

    /// The expressions in use for a topic besides one.
    func otherFilters(of topic: TopicNumber, besides number: Int64) -> [MessageFilter] {
        filters.compactMap { key, use in key.topic == topic && use.number != number ? use.filter : nil }
    }

    /// Whether the group has a cursor on each queue, or cannot have one.
    func knows(_ queues: [TopicState.Queue]) -> Bool {
        queues.allSatisfy { cursors[$0.number] != nil || damaged[$0.number] != nil }
    }

    /// Notes that a client asks for something; false: it is new, and there is room for no more.
    @discardableResult
    mutating func see(_ client: Text, lane: Text? = nil, at now: Moment) -> Bool {
        if clients[client] == nil, clients.count >= Self.clientsMax {
            forgetClients(silentSince: now)
            guard clients.count < Self.clientsMax else { return false }
        }
        if clients[client] == nil { clientCount += 1 }
        var known = clients[client] ?? Client(number: clientCount, seenAt: now)
        known.seenAt = now
        if let lane { known.lane = lane }
        clients[client] = known
        return true
    }

    static let clientsMax = 10_000
    /// How long a client that holds nothing must be silent before it may be forgotten.
    private static let silence = Interval.minutes(10)

    /// Forgets clients that hold nothing and have been silent for long: names may be used once and never again. They
    /// are looked through once in a second at most.
    private mutating func forgetClients(silentSince now: Moment) {
        if let clientsForgottenAt, now.since(clientsForgottenAt) < .seconds(1), now >= clientsForgottenAt { return }
        clientsForgottenAt = now
        clients = clients.filter { _, known in
            known.isAttached || known.heldCount > 0 || now.since(known.seenAt) < Self.silence
        }
    }

    func isAlive(_ client: Text, at now: Moment, silenceMax: Interval) -> Bool {
        guard let known = clients[client] else { return false }
        return known.isAttached || now.since(known.seenAt) <= silenceMax
    }

    /// The lanes that have consumers of their own.
    func lanes(at now: Moment, silenceMax: Interval) -> Set<Text> {
        Set(
            clients.filter { isAlive($0.key, at: now, silenceMax: silenceMax) && !$0.value.lane.isEmpty }
                .map(\.value.lane))
    }

    mutating func lookAgain(in topic: TopicState?) {
        for queue in topic?.queues ?? [] { cursors[queue.number]?.lookAgain() }
    }

    mutating func add(_ lease: Lease, of offset: Int64, in queue: StoredQueueNumber) {
        var lease = lease
        lease.clientNumber = clients[lease.client]?.number ?? 0
        cursors[queue]?.leases[offset] = lease
        count(lease)
    }

    /// Counts a lease that a cursor has got.
    mutating func count(_ lease: Lease) {
        inFlight += 1
        guard clients[lease.client]?.number == lease.clientNumber else { return }
        clients[lease.client]?.heldBytes += lease.bytes
        clients[lease.client]?.heldCount += 1
    }

    /// Forgets who holds redeliveries that are gone.
    mutating func dropHolders(in queue: StoredQueueNumber, below offset: Int64 = .max) {
        if holders.isEmpty { return }
        holders = holders.filter { $0.key.queue != queue || $0.key.offset >= offset }
    }

    mutating func release(_ offset: Int64, in queue: StoredQueueNumber) {
        guard let lease = cursors[queue]?.leases.removeValue(forKey: offset) else { return }
        inFlight -= 1
        guard clients[lease.client]?.number == lease.clientNumber else { return }
        clients[lease.client]?.heldBytes -= lease.bytes
        clients[lease.client]?.heldCount -= 1
    }
}

/// Who holds a redelivery, and since when.
struct Holder {
    var client: Text
    var takenAt: Moment
    /// Since when the message is visible; nil: it was in flight when the file was opened.
    var storedAt: Moment?
    var renews: Bool
}

/// Takes new messages one at a time when half of the recent deliveries failed, until one succeeds.
struct Breaker {
    static let window = 20
    static let least = 10

    private(set) var outcomes: [Bool] = []
    private(set) var isOpen = false

    mutating func count(_ succeeded: Bool) {
        if succeeded, isOpen {
            self = Breaker()
            return
        }
        outcomes.append(succeeded)
        if outcomes.count > Self.window { outcomes.removeFirst() }
        let failures = outcomes.count { !$0 }
        if outcomes.count >= Self.least, failures * 2 >= outcomes.count { isOpen = true }
    }
}

/// The batches of recent receives by their attempt ids: the same attempt of a client gets the same batch again.
struct RememberedBatches {
    /// An attempt id is of the client that made it.
    struct Key: Hashable {
        var client: Text
        var attempt: Text

        /// Nil: the receive names no attempt.
        init?(_ request: ReceiveRequest) {
            guard let attempt = request.attempt else { return nil }
            client = request.client
            self.attempt = attempt
        }
    }

    struct Element: Hashable {
        var place: MessagePlace
        var attempt: Int64
        var nonce: Int64
        var until: Moment

        init(_ lease: GrantedLease) {
            place = lease.place
            attempt = lease.attempt
            nonce = lease.nonce
            until = lease.until
        }
    }

    private var batches: [Key: [Element]] = [:]
    private var order: [Key] = []

    var count: Int { batches.count }

    /// The batch of an attempt; nil: it has had none, or nothing of it is out any more.
    subscript(attempt: Key) -> [Element]? { batches[attempt].flatMap { $0.isEmpty ? nil : $0 } }

    /// Forgets what an attempt was given, unless it was given something else meanwhile. It keeps its place in line.
    mutating func forget(_ batch: [Element], of attempt: Key) {
        if batches[attempt] == batch { batches[attempt] = [] }
    }

    mutating func add(_ batch: [Element], of attempt: Key, max: Int) {
        if batches.updateValue(batch, forKey: attempt) == nil { order.append(attempt) }
        guard order.count > max else { return }
        // Half at once, so that forgetting costs little per receive.
        for old in order.prefix(order.count / 2 + 1) { batches[old] = nil }
        order.removeFirst(order.count / 2 + 1)
    }
}
