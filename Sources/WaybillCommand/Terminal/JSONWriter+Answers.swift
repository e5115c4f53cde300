import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// The JSON of what commands answer.
extension JSONWriter {
    /// What was written, as the one line of a command's answer.
    func print(to output: Output = .standard) { output.answer(bytes) }

    /// The object of an answer, as the one line of a command's answer.
    static func print(_ reply: Reply) { Output.standard.answer(reply.body) }

    /// The objects of an answer as they came, as an array.
    mutating func members(of objects: [Members]) {
        beginArray()
        for object in objects { json(object.bytes) }
        endArray()
    }

    mutating func event(_ event: EventDetail) {
        beginObject()
        member("event", event.position.number)
        member("version", event.version)
        member("type", event.type.text)
        member("at", event.at)
        member("caller", event.caller)
        member("key", ifAny: event.key)
        if let cause = event.cause { member("cause", cause.number) }
        member("trace", ifAny: event.trace)
        event.writeOutcome(to: &self)
        endObject()
    }

    mutating func accepted(_ receipt: Receipt) {
        beginObject()
        member("accepted", true)
        member("order", receipt.order.text)
        member("version", receipt.version)
        member("status", receipt.status)
        member("repeated", receipt.isRepeat)
        endObject()
    }
}
