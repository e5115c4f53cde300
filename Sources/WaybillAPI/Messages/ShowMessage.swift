import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension MessageOperations {
    static func message(_ call: Call) async throws(Problem) -> MessageView {
        let id = MessageID(call.path("message"))
        guard let message = try await call.book.read({ book in try book.engine.messages.message(id: id) }) else {
            throw Problem(MessageRefusal.unknownMessage("\(id)"))
        }
        return message
    }

    static let showMessage = Operation(
        "showMessage", .get, "/v1/messages/{message}",
        "Shows a visible message without its body; of one that its producer has sent twice the first.",
        grant: Need(.viewer), answers: [Operation.Answer(200, "The message.", .named("Message"))],
        problems: [.unknownMessage],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.message], .get("/v1/messages/booking-9"), 200,
            #"""
            {"id":"booking-9","topic":"ledger","tag":"paid","keys":["order-7"],"lane":"","priority":0,
             "properties":{"amount":"5300"},"born_at":"2026-11-29T12:00:00Z","stored_at":"2026-11-29T12:00:00Z",
             "body_bytes":21,"position":"1:0"}
            """#),
        handler: { call throws(Problem) in
            let message = try await message(call)
            return .json { writer in
                writer.beginObject()
                writer.messageHead(message)
                writer.endObject()
            }
        })
}

extension Call {
    /// Whether bodies of messages are in the answer: then it is audited that they were read. The owner of the file,
    /// who reads them with the file closed too, leaves no trace.
    func mayShowBodies(of messages: [MessageView]) async throws(Problem) -> Bool {
        guard principal.mayReadPayload else { return false }
        if !principal.isOwner, !messages.isEmpty { try await auditReading(of: messages.map(\.id)) }
        return true
    }

    /// Audits that bodies were read.
    func auditReading(of ids: [MessageID], because reason: Text = "") async throws(Problem) {
        let act = Act(
            "$payload_read",
            ["bodies": .number(Int64(ids.count)), "ids": .texts(ids.prefix(100).map(\.text.string))])
        let origin = origin(because: reason)
        try await book.ask { book in try await book.engine.audit(act, by: origin) }
    }
}
