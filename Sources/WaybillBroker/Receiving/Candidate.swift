import WaybillCore
import WaybillStore

/// What lies at a place that a consumer looked at, and what is to become of it.
struct Candidate {
    enum Verdict {
        case wanted(MessageContent)
        /// Some other consumer of the group may want it.
        case left
        /// No consumer of the group wants it.
        case skipped
        /// Nothing lies there any more.
        case missing
        /// Its row makes no sense, for this reason: it stays owed, and what lies behind it is delivered.
        case unreadable(any Error)
    }

    var offset: Int64
    /// Deliveries so far, of a row.
    var attempt: Int64
    var isReplayed: Bool
    /// Whether it waits behind the one that was found before it: it may be had only together with that one.
    var follows = false
    var message: StoredMessage?
    var messageGroup: Text?
    var verdict: Verdict

    /// A message that has no row; what lies there is read later.
    init(offset: Int64) {
        self.offset = offset
        attempt = 0
        isReplayed = false
        verdict = .missing
    }

    /// A message that is owed by a row.
    init(_ row: RedeliveryRow) {
        offset = row.offset
        attempt = row.attempt
        isReplayed = row.isReplayed
        messageGroup = row.messageGroup
        verdict = .missing
    }

    var content: MessageContent? {
        guard case .wanted(let content) = verdict else { return nil }
        return content
    }

    var isSkipped: Bool {
        guard case .skipped = verdict else { return false }
        return true
    }

    /// Whether it stays where it is, and is passed over.
    var isLeft: Bool {
        switch verdict {
        case .left, .unreadable: true
        case .wanted, .skipped, .missing: false
        }
    }

    /// Why it cannot be read; nil: it can.
    var damage: (any Error)? {
        guard case .unreadable(let error) = verdict else { return nil }
        return error
    }

    var bytes: Int { (message?.byteCount ?? 0) + (message?.message.body == nil ? content?.body.count ?? 0 : 0) }
}
