package import WaybillCore
package import WaybillStore
package import WaybillTimeouts

/// What happens to messages in a write: held by the engine's writer, and reached only with the turn to write.
///
/// A message, seen from one group; `FollowOneMessage` in the documentation says where each state is kept:
///
/// ```
///                receive                   acknowledge
///  new ────────────────────► in flight ─────────────────► done
///   │                         ▲  │ │ │
///   │ its message group       │  │ │ └── no attempt left, or given up ──► dead: a copy lies in %DLQ%group
///   │ is busy                 │  │ └── failed ──────────► due                    │
///   ▼                 receive │  │                         │ its time has come   │
///  behind                     │  │ its invisible time      │                     │
///   │                         │  ▼ is over                 │                     │
///   └──────────────────────► ready ◄───────────────────────┴─────────────────────┘
///      its turn has come                                       redrive: the copy is redelivered
/// ```
///
/// What to know before adding a verb:
///
/// - A verb is a ``BrokerVerb`` in a separate file. It checks everything before its first statement, so a refusal is a
///   value and has nothing to undo.
/// - What is committed never changes before the commit: verbs note in `pending` what they did. `flush(in:)` writes the
///   changed cursors at the end of the write, `didCommit()` makes it known to consumers, `forget()` drops it when the
///   write is undone, and the verbs run again.
/// - Appending a message to a stored queue, an order's too, needs no notice: the store knows which queues have
///   grown, `flush(in:)` collects them, and `didCommit()` shows them to the groups.
/// - Time and random bits come from `World`; `write.now` is the moment of the request.
package final class Broker {
    package let store: Store
    package let world: World
    package let settings: BrokerSettings
    /// Seals receipts and recall handles.
    package let seal: Seal
    /// What is known to consumers. Private, so that a verb can only ask what is committed.
    private let memory: GroupMemory
    let contents: any EventContents
    /// Where questions about half messages wait for producers.
    package let checkBacks: CheckBackQueue
    /// Those in this process who answer for half messages, by the name of their producer.
    package var checkers: [Text: HalfMessageChecker] = [:]
    /// Makes the checker that asks the journal about a caller's command; nil: there is no journal.
    package var journalChecker: (@Sendable (Text) -> HalfMessageChecker)?
    /// Those whose half messages no request decides, by the name of their producer: why, for one of them.
    package var refusalsToDecide: [Text: @Sendable (PendingMessageRow) -> MessageRefusal] = [:]
    /// The workflows that take orders and send to a topic; nil: there are no workflows.
    package var workflowsSending: (@Sendable (TopicName) -> [WorkflowName])?
    package let disk: DiskWatch
    var maintenance: Maintenance
    /// The last deliveries and what became of them.
    package let ring: TraceRing
    var pending = PendingChanges()

    private init(store: Store, world: World, settings: BrokerSettings, contents: any EventContents) throws {
        self.store = store
        self.world = world
        self.settings = settings
        self.contents = contents
        checkBacks = CheckBackQueue(settings: settings, uptime: world.uptime)
        maintenance = Maintenance(settings: settings)
        ring = TraceRing(capacity: settings.traceMax, now: world.now())
        disk = DiskWatch(read: settings.diskSpace ?? { [path = store.path] in path.flatMap { DiskSpace.of(path: $0) } })
        let secret = try store.write { [isLook = store.isLook] transaction in
            try Self.keepSecret(world, isStored: !isLook, in: transaction)
        }
        seal = Seal(secret: secret)
        if !store.isLook { try Self.shortenLeases(store, at: world.now(), settings) }
        memory = try GroupMemory(store: store, settings: settings, now: world.now(), uptime: world.uptime())
    }

    /// Opens the broker of a file, with what its consumers need: they take from the same memory, without the writer.
    package static func open(
        _ store: Store, world: World, settings: BrokerSettings, contents: any EventContents
    ) throws -> (broker: Broker, consumers: Receiver.Parts) {
        let broker = try Broker(store: store, world: world, settings: settings, contents: contents)
        return (broker, Receiver.Parts(broker, groups: broker.memory))
    }

    /// Registers the broker's kinds of timeouts.
    package func register(with timeouts: TimeoutCenter) {
        timeouts.register(.delayedMessage) { [unowned self] timeout, write in
            try fireDelayed(timeout, in: write)
        }
        timeouts.register(.checkBack) { [unowned self] timeout, write in
            try fireCheckBack(timeout, in: write)
        }
        timeouts.register(.redelivery) { [unowned self] timeout, write in
            try redeliver(timeout.key, in: write)
        }
    }

    /// After the commit: consumers see what the write did.
    package func didCommit() {
        ring.forget(memory.apply(AfterCommit(pending)))
        ring.record(pending.happenings)
        ring.count(checks: pending.checksSent)
        maintenance.index.grew(pending.grown.keys)
        maintenance.clearing.delete(pending.deletedTopics)
        checkBacks.end(pending.endedQuestions)
        checkBacks.takeBack(pending.returnedQuestions)
        checkBacks.forgetMissed(pending.woken)
        checkBacks.miss(pending.missed)
        checkBacks.post(pending.questions)
        pending = PendingChanges()
    }

    /// After a write that was undone.
    package func forget() {
        memory.undo(pending)
        pending = PendingChanges()
        maintenance.forget()
    }

    /// Asks what is committed; the answer is all that leaves the memory's lock.
    func committed<Answer: Sendable>(_ question: (borrowing GroupMemory.State) -> Answer) -> Answer {
        memory.read(question)
    }

    /// The lease ends that are due; an undone write gives them back.
    func popLeaseEnds(upTo now: Moment, limit: Int) -> [(due: Moment, lease: LeaseEnd)] {
        let ends = memory.popLeaseEnds(upTo: now, limit: limit)
        pending.ended += ends
        return ends
    }

    /// Keeps consumers from taking from memory while the write moves a cursor; an undone write lets go.
    func freeze(_ key: CursorKey) {
        memory.freeze(key)
        pending.movedCursors.append(key)
    }

    /// From now on no consumer gets anything: what is in flight is written down, and the file is closed.
    func endLeasing() { memory.endLeasing() }

    /// When the next lease or wait ends; nil: none is pending.
    package var nextDue: Moment? {
        let (lease, uptime) = memory.nextEnds
        guard let uptime else { return lease }
        let wait = world.now().advanced(by: uptime - world.uptime())
        return lease.map { min($0, wait) } ?? wait
    }

    /// Ends the receives whose time is over, also while nothing else may happen.
    package func endWaits() { memory.endWaits(upTo: world.uptime()) }

    /// Nothing can be written any more: every wait ends.
    package func endAllWaits() { memory.close() }

    /// What is asked without changing anything.
    package var reader: MessageReader {
        MessageReader(store: store, seal: seal, settings: settings, contents: contents, ring: ring)
    }

    /// The key of seals, made at the first opening of a file.
    private static func keepSecret(
        _ world: World, isStored: Bool, in transaction: borrowing Transaction
    ) throws -> [UInt8] {
        if let known = try transaction.textSetting("seal") { return Array(known.string.utf8) }
        let roll = world.random
        let secret = Text((0..<4).map { _ in String(roll(), radix: 16) }.joined(separator: "-"))
        if isStored { try transaction.set("seal", to: secret) }
        return Array(secret.string.utf8)
    }
}

/// What a committed write did. Only ``Broker/didCommit()`` makes one, and nothing else brings what a write did into
/// memory. Receives change memory too, without a write: see ``GroupMemory``.
struct AfterCommit {
    let changes: PendingChanges

    fileprivate init(_ changes: PendingChanges) { self.changes = changes }
}
