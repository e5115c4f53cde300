package import Waybill
package import WaybillCore

/// Events, as JSON.
extension JSONWriter {
    /// What happened, when, who asked for it, and what came of it.
    ///
    /// - Parameter link: the trace context of the event that led to it, where it has none itself.
    package mutating func event(_ event: EventDetail, link: Text? = nil) {
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
        member("trace_link", ifAny: link)
        event.writeOutcome(to: &self)
        endObject()
    }
}
