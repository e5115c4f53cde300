package import WaybillCore

/// Events, as JSON.
extension JSONWriter {
    /// What happened, when, and who asked for it.
    package mutating func eventHead(_ event: EventView) {
        beginObject()
        member("event", event.position.outside)
        member("version", event.version)
        member("type", event.type.text)
        member("at", event.at)
        member("caller", event.caller)
        key("key")
        if let name = event.key { text(name) } else { null() }
        key("cause")
        if let cause = event.cause { text(cause.outside) } else { null() }
        key("trace")
        if let trace = event.trace { text(trace) } else { null() }
        endObject()
    }
}
