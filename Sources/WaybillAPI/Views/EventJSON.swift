package import Waybill
package import WaybillCore

/// Events, as JSON.
extension JSONWriter {
    /// What happened, when, who asked for it, and what came of it.
    ///
    /// - Parameter link: the trace context of the event that led to it, where it has none itself.
    package mutating func event(_ event: EventDetail, link: Text? = nil) {
        beginObject()
        eventMembers(event, link: link)
        endObject()
    }

    /// The same without its braces.
    private mutating func eventMembers(_ event: EventDetail, link: Text?) {
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
    }

    /// An event of the journal: what it is about, and what happened.
    mutating func event(_ event: OrderBook.JournalEvent) {
        beginObject()
        switch event {
        case .order(let event):
            member("kind", "order")
            member("order", event.order.text)
            eventMembers(event, link: nil)
        case .stock(let event):
            member("kind", "stock")
            member("sku", event.stock.sku.text)
            member("location", event.stock.location.text)
            stockMembers(event)
        case .audit(let act):
            member("kind", "act")
            auditMembers(act)
        }
        endObject()
    }

    /// What came into a stock by itself, without its braces.
    mutating func stockMembers(_ event: OrderBook.StockEvent) {
        member("event", Text(event.position.text))
        member("version", event.version)
        member("type", event.type.text)
        member("at", event.at)
        member("caller", event.caller)
        member("key", ifAny: event.key)
        member("trace", ifAny: event.trace)
        member("quantity", event.quantity)
        if let counted = event.counted { member("counted", counted) }
        if let expected = event.expected { member("expected", expected) }
        member("place", ifAny: event.otherPlace?.text)
        member("note", ifAny: event.note)
    }
}
