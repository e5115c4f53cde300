/// The rules of a consumer group.
public struct GroupSettings: Hashable, Sendable {
    /// Messages of one message group come in order, to one consumer at a time.
    public var isFIFO: Bool
    /// Every client gets every message, from the newest on; nothing is delivered twice and nothing is held back.
    public var isBroadcast: Bool
    /// Deliveries of a message before it goes to the dead letters.
    public var attemptsMax: Int64
    /// Waiting times before the second, third ... delivery of what failed; the last counts for all after it.
    public var ladder: [Interval]
    /// How long a delivery stays invisible to others unless its consumer says otherwise.
    public var invisible: Interval
    /// Where it begins in a topic that it has not read before; a broadcast always at the newest.
    public var startsAt: GroupStart

    /// RocketMQ's ladder: 1s 5s 10s 30s 1m 2m ... 10m 20m 30m 1h 2h.
    public static let ladderDefault: [Interval] =
        [1, 5, 10, 30].map { .seconds($0) } + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30].map { .minutes($0) }
        + [1, 2].map { .hours($0) }

    public init(
        isFIFO: Bool = false, isBroadcast: Bool = false, attemptsMax: Int64 = 17,
        ladder: [Interval] = Self.ladderDefault, invisible: Interval = .seconds(30),
        startsAt: GroupStart = .oldest
    ) {
        self.isFIFO = isFIFO
        self.isBroadcast = isBroadcast
        self.attemptsMax = attemptsMax
        self.ladder = ladder
        self.invisible = invisible
        self.startsAt = startsAt
    }
}

/// Where a consumer group begins in a topic that it has not read before.
public enum GroupStart: String, Hashable, Sendable, CaseIterable {
    /// At the oldest message that is there.
    case oldest
    /// Behind what is there: at the next message that is sent.
    case newest
}
