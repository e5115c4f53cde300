/// What a call says: the request to the worker, the half message that announces the answer, the word that it is
/// withdrawn.
extension Workflow {
    /// `{"call":key,"order":id,"ok":command,"failed":command,"answer_by":ms,"data":{...}}`
    func message(of call: OpenCall, by order: OrderID, tag: Text) -> OutgoingMessage {
        let definition = calls[call.definition]
        let key = OpenCall.effectKey(of: call.number, by: order)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("call")
        writer.text(key)
        writer.key("order")
        writer.text(order.text)
        writer.key("ok")
        writer.text(definition.ok.text)
        writer.key("failed")
        writer.text(definition.failed.text)
        writer.key("answer_by")
        writer.int(call.deadline.milliseconds)
        writer.key("data")
        writer.json(call.data)
        writer.endObject()
        return OutgoingMessage(topic: definition.topic, tag: tag, key: key, body: writer.bytes)
    }

    /// The half message that says that a call was done.
    package func announcement(of call: OpenCall, by order: OrderID) -> OutgoingMessage {
        var message = message(of: call, by: order, tag: "done")
        message.isHalf = true
        return message
    }
}

/// Who answers a call, as its messages say it.
package struct CallAddress: Hashable, Sendable {
    package var order: OrderID
    package var key: Text
    package var ok: EventName
    package var failed: EventName

    /// Reads it from the body of a call's message; nil: it is none.
    package init?(body: [UInt8]) {
        var texts: [Text: Text] = [:]
        do throws(JSONProblem) {
            try JSONReader.read(body) { reader throws(JSONProblem) in
                try reader.object { key, reader throws(JSONProblem) in
                    switch key {
                    case "call", "order", "ok", "failed": texts[key] = try reader.text()
                    default: _ = try reader.rawValue()
                    }
                }
            }
        } catch {
            return nil
        }
        guard let order = texts["order"], let key = texts["call"], let ok = texts["ok"], let failed = texts["failed"]
        else { return nil }
        (self.order, self.key, self.ok, self.failed) = (OrderID(order), key, EventName(ok), EventName(failed))
    }
}
