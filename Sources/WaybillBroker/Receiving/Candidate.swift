import WaybillCore
import WaybillStore

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
