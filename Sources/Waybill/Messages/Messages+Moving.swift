import WaybillBroker
public import WaybillCore
import WaybillEngine

/// Where groups are: what they subscribe to, how far they are behind, and moving them.
extension Messages {
    /// Says what a group's consumers want, before any of them asks: from now on the group is owed it.
    public func subscribe(_ group: GroupName, _ subscription: Subscription) async throws(MessageRefusal) {
        try await ask(Subscribe(group, subscription))
    }

    /// How far a group is behind, by topic.
    public func lag(of group: GroupName) async throws(MessageRefusal) -> [GroupLag] {
        try await readingOnThread { (messages) throws(MessageRefusal) in try messages.lag(of: group) }
    }

    /// Moves a group on a topic to the past, or past what waits. What it had finished comes again, marked
    /// ``Delivery/isReplayed``; receipts that are out are worth nothing.
    ///
    /// - Parameter effects: whether a module may have effects on others by what comes again. Opened, it does what it
    ///   never did for these messages, and nothing twice. The next look-back of the group on the topic decides anew.
    @discardableResult
    public func lookBack(
        _ group: GroupName, _ topic: TopicName, to target: LookBackTarget, effects: LookBackEffects = .shut
    ) async throws(MessageRefusal) -> LookBackReport {
        try await lookBack(group, topic, to: target, effects, isPreview: false)
    }

    /// What a look-back would do.
    public func previewLookBack(
        _ group: GroupName, _ topic: TopicName, to target: LookBackTarget, effects: LookBackEffects = .shut
    ) async throws(MessageRefusal) -> LookBackReport {
        try await lookBack(group, topic, to: target, effects, isPreview: true)
    }

    private func lookBack(
        _ group: GroupName, _ topic: TopicName, to target: LookBackTarget, _ effects: LookBackEffects, isPreview: Bool
    ) async throws(MessageRefusal) -> LookBackReport {
        try await ask(LookBack(group, topic, to: target, effects: effects, isPreview: isPreview))
    }

    /// Gives a group its dead letters again, at most 1,000: first those that were given back before and died again,
    /// then those that never were, each from the oldest on. Answers how many.
    @discardableResult
    public func redrive(_ group: GroupName, limit: Int = 1_000) async throws(MessageRefusal) -> Int {
        try await ask(Redrive(group, limit: limit))
    }

    /// Gives a group those of its dead letters again that have these ids; answers how many.
    ///
    /// - Throws: `unknownMessage` when there is none of an id, `limit` when they are more than 1,000; then none comes
    ///   again.
    @discardableResult
    public func redrive(_ group: GroupName, ids: [MessageID]) async throws(MessageRefusal) -> Int {
        let max = 1_000
        guard ids.count <= max else { throw .limit("dead letters that are given back at once", max: max) }
        let offsets = try await readingOnThread { (messages) throws(MessageRefusal) in
            try messages.offsets(ofDeadLetters: ids, of: group)
        }
        guard offsets.count <= max else { throw .limit("dead letters that are given back at once", max: max) }
        return try await ask(Redrive(group, limit: max, offsets: offsets))
    }

    /// Deletes a dead letter: what it says is gone, and it is never given back. When several have this id, the
    /// oldest is deleted.
    public func deleteDeadLetter(_ id: MessageID, of group: GroupName) async throws(MessageRefusal) {
        let offset = try await readingOnThread { (messages) throws(MessageRefusal) in
            try messages.offsets(ofDeadLetters: [id], of: group)[0]
        }
        try await ask(DeleteDeadLetter(id, at: offset, of: group))
    }

    /// Where the dead letters of these ids lie, the oldest of each id first.
    package func offsets(
        ofDeadLetters ids: [MessageID], of group: GroupName
    ) throws(MessageRefusal) -> [Int64] {
        try reading {
            try ids.flatMap { id in
                guard let found = try engine.messages.deadLettersWithoutBodies(of: group, id: id) else {
                    throw MessageRefusal.unknownGroup(group)
                }
                guard !found.isEmpty else {
                    throw MessageRefusal.unknownMessage("\(id) among the dead letters of \(group)")
                }
                return found.map(\.offset)
            }
        }
    }

    /// What a group has given up, the oldest first, at most 1,000.
    public func deadLetters(of group: GroupName, limit: Int = 100) async throws(MessageRefusal) -> [DeadLetter] {
        try await readingOnThread { (messages) throws(MessageRefusal) in
            try messages.deadLetters(of: group, limit: limit)
        }
    }

    /// The lanes in which messages were sent.
    public func lanes() async throws(MessageRefusal) -> [LaneView] {
        try await readingOnThread { (messages) throws(MessageRefusal) in try messages.lanes() }
    }

    /// Ends a lane: the base reads what is left in it. Promoted or abandoned is what the report says, and no more.
    @discardableResult
    public func closeLane(_ lane: String, _ end: LaneEnd) async throws(MessageRefusal) -> LaneReport {
        try await closeLane(Text(lane), end)
    }

    /// The same with the name that a view of it says.
    @_disfavoredOverload
    @discardableResult
    public func closeLane(_ lane: OrderBook.Text, _ end: LaneEnd) async throws(MessageRefusal) -> LaneReport {
        try await ask(CloseLane(lane, end))
    }
}
