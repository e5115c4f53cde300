package import WaybillCore

/// Timeouts and what holds them, as JSON.
extension JSONWriter {
    package mutating func hold(_ hold: TimeoutHold) {
        beginObject()
        member("held_by", hold.heldBy)
        member("since", hold.since)
        member("why", hold.why)
        if let until = hold.until { member("until", until) }
        endObject()
    }
}
