import Foundation
package import WaybillCore

/// Bodies of messages, as JSON: JSON as it is, other bytes in base64.
extension JSONWriter {
    /// The members of a body.
    package mutating func body(_ bytes: [UInt8]) {
        if Self.isJSON(bytes) {
            key("data")
            json(bytes)
        } else {
            member("data_base64", Text(Data(bytes).base64EncodedString()))
        }
    }

    /// The fields of a message without its body; the object is the caller's.
    package mutating func messageHead(_ message: MessageView) {
        envelope(message)
        if let event = message.event { member("event", Text(event.text)) }
        member("born_at", message.bornAt)
        member("stored_at", message.storedAt)
        member("body_bytes", Int64(message.body.count))
        member("position", message.position.text)
    }

    /// An object of texts, by name.
    package mutating func texts(_ texts: [Text: Text]) {
        beginObject()
        for (name, value) in texts.sorted(by: { $0.key < $1.key }) {
            key(named: name)
            text(value)
        }
        endObject()
    }

    /// Whether bytes go as JSON: an answer that holds them is read within this depth too.
    static func isJSON(_ bytes: [UInt8]) -> Bool {
        do throws(JSONProblem) {
            try JSONReader.read(bytes) { reader throws(JSONProblem) in
                try reader.skipValue(depthMax: StrictJSON.depthMax)
            }
            return true
        } catch {
            return false
        }
    }
}
