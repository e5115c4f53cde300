package import WaybillCore
import WaybillStore

/// What a consumer asks for: messages of one topic, for a group.
package struct ReceiveRequest: Sendable {
    package var group: GroupName
    package var subscription: Subscription
    /// Who asks, by a name of its own: leases, lanes and broadcast positions go by it.
    package var client: Text
    /// The grey-release route that the consumer belongs to; "" is the base.
    package var lane: Text
    package var max: Int
    /// How long what it gets is invisible to others; nil: as the group says.
    package var invisible: Interval?
    /// Whether that time goes on by itself while the client lives.
    package var renews: Bool
    /// How long it waits when there is nothing.
    package var wait: Interval
    /// Names this attempt: asked again, it gets the same batch.
    package var attempt: Text?
    /// Whether what may have ended a process before is handed out alone.
    package var isCautious: Bool

    package init(
        group: GroupName, subscription: Subscription, client: Text, lane: Text = "", max: Int = 32,
        invisible: Interval? = nil, renews: Bool = false, wait: Interval = Interval(milliseconds: 0),
        attempt: Text? = nil, isCautious: Bool = false
    ) {
        self.group = group
        self.subscription = subscription
        self.client = client
        self.lane = lane
        self.max = max
        self.invisible = invisible
        self.renews = renews
        self.wait = wait
        self.attempt = attempt
        self.isCautious = isCautious
    }

    package static let clientBytesMax = 255

    /// The bound that it crosses, or nil.
    func refusal(_ settings: BrokerSettings) -> MessageRefusal? {
        if client.isEmpty || client.byteCount > Self.clientBytesMax {
            return .badName(
                what: "client", name: client.string, problem: "it has 1 to \(Self.clientBytesMax) bytes")
        }
        if client.hasZero || lane.hasZero || attempt?.hasZero == true {
            return .badName(
                what: "client, lane or attempt", name: client.string, problem: "it has U+0000 in it; leave it out")
        }
        if lane.byteCount > 128 { return .limit("bytes of a lane", max: 128) }
        if let attempt, attempt.byteCount > 255 { return .limit("bytes of an attempt id", max: 255) }
        if max < 1 || max > settings.batchMax {
            return .badSetting("max", problem: "\(max) is not in 1...\(settings.batchMax)")
        }
        if let invisible, invisible.milliseconds <= 0 || invisible > settings.invisibleMax {
            return .badSetting(
                "invisible", problem: "\(invisible.milliseconds) ms is not within 1 ms and 12 hours")
        }
        if wait.milliseconds < 0 || wait > settings.waitMax {
            return .badSetting(
                "wait", problem: "\(wait.milliseconds) ms is not within 0 and \(settings.waitMax.milliseconds) ms")
        }
        return nil
    }
}

/// Where a consumer looks next, and how it may take what it finds.
struct Scan {
    enum Source {
        /// Rows of redeliveries that are ready, after an offset.
        case ready(after: Int64, change: UInt64)
        /// Messages that were never delivered, at these offsets.
        case fresh([Int64])
    }

    enum TakeMode {
        /// From memory, without a write.
        case memory
        case write
        /// The delivered-through mark must be raised first.
        case raise(to: Int64)
    }

    var key: CursorKey
    var topic: TopicState
    var queue: TopicState.Queue
    var epoch: Int64
    var source: Source
    var taking: TakeMode
    var filterNumber: Int64
    var filter: MessageFilter
    var others: [MessageFilter]
    var isFIFO: Bool
    /// Of a queue of dead letters: only what came from this topic.
    var origin: TopicName?
    var max: Int
    /// What of the batch's bytes is left.
    var bytesMax = Int.max
    /// Whether the batch is empty as yet: its first message comes however large it is.
    var isFirst = true
    /// In a FIFO group: nothing was delivered of what it looks at, as far as the mark tells; nil: something may have
    /// been, or must be taken one at a time.
    var markOfNew: Int64?
    /// In which topic what it finds keeps its order: the one that was asked for.
    var scope: TopicNumber { asked ?? topic.number }
    var asked: TopicNumber?

    /// Whether one more fits into what was taken by this look.
    func hasRoom(for one: Candidate, besides count: Int, bytes: Int) -> Bool {
        guard count < max else { return false }
        return isFirst && count == 0 || one.bytes <= bytesMax - bytes
    }
}

/// What lies at a place that a consumer looked at, and what is to become of it.
struct Candidate {
    enum Verdict {
        case wanted(MessageContent)
        /// Some other consumer of the group may want it.
        case left
        /// Nobody in the group wants it.
        case skipped
        /// Nothing lies there any more.
        case missing
    }

    var offset: Int64
    /// Deliveries so far, of a row.
    var attempt: Int64
    var isReplayed: Bool
    var message: StoredMessage?
    var messageGroup: Text?
    var verdict: Verdict

    var content: MessageContent? {
        guard case .wanted(let content) = verdict else { return nil }
        return content
    }

    var isSkipped: Bool {
        guard case .skipped = verdict else { return false }
        return true
    }

    var isLeft: Bool {
        guard case .left = verdict else { return false }
        return true
    }

    var bytes: Int { (message?.byteCount ?? 0) + (message?.message.body == nil ? content?.body.count ?? 0 : 0) }
}

/// A delivery that a consumer was given.
struct GrantedLease: Hashable, Sendable {
    var place: MessagePlace
    var epoch: Int64
    var attempt: Int64
    var nonce: Int64
    var until: Moment
    var isReplayed: Bool
}
