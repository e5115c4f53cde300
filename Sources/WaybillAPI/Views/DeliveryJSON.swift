import Waybill
package import WaybillCore

/// Deliveries, as JSON: each message is a CloudEvent.
extension JSONWriter {
    /// - Parameter source: the `source` of CloudEvents of this file.
    package mutating func delivery(_ delivery: Delivery, source: Text) {
        beginObject()
        member("receipt", delivery.receipt.text)
        member("attempt", delivery.attempt)
        member("replayed", delivery.isReplayed)
        member("invisible_until", delivery.invisibleUntil)
        member("id", delivery.id.text)
        member("position", delivery.position.text)
        member("topic", delivery.topic.text)
        member("tag", ifAny: delivery.tag)
        members("keys", delivery.keys) { $0.text($1) }
        member("message_group", ifAny: delivery.messageGroup)
        member("lane", delivery.lane)
        member("priority", Int64(delivery.priority))
        key("properties")
        texts(delivery.properties)
        member("order", ifAny: delivery.order?.text)
        if let event = delivery.event { member("event", Text(event.text)) }
        member("born_at", delivery.bornAt)
        member("stored_at", delivery.storedAt)
        key("message")
        // What an order sends is a CloudEvent already.
        if delivery.event != nil, Self.isJSON(delivery.body) {
            json(delivery.body)
        } else {
            cloudEvent(delivery, source: source)
        }
        endObject()
    }

    private mutating func cloudEvent(_ delivery: Delivery, source: Text) {
        beginObject()
        member("specversion", "1.0")
        member("id", delivery.id.text)
        member("source", source)
        member("type", delivery.tag ?? delivery.topic.text)
        member("time", delivery.bornAt)
        member("traceparent", ifAny: delivery.trace)
        if Self.isJSON(delivery.body) { member("datacontenttype", "application/json") }
        body(delivery.body)
        endObject()
    }
}
