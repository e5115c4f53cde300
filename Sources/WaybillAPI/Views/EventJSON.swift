package import Waybill
package import WaybillCore

/// Events, as JSON.
extension JSONWriter {
    /// What happened, when, who asked for it, and what came of it.
    package mutating func event(_ event: EventDetail) {
        beginObject()
        member("event", Text(event.position.text))
        member("version", event.version)
        member("type", event.type.text)
        member("at", event.at)
        member("caller", event.caller)
        key("key")
        if let name = event.key { text(name) } else { null() }
        key("cause")
        if let cause = event.cause { text(Text(cause.text)) } else { null() }
        key("trace")
        if let trace = event.trace { text(trace) } else { null() }
        event.writeOutcome(to: &self)
        endObject()
    }
}
