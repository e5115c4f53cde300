import Waybill
import WaybillAccess
import WaybillCore

extension Call {
    /// Asks for something of topics, groups and messages.
    func messages<Result: Sendable>(
        _ body: @escaping @Sendable (Messages) async throws -> Result
    ) async throws(Problem) -> Result {
        try await book.ask { book in try await body(book.messages) }
    }

    /// Refuses who may not send to a topic.
    func requireProducer(of topic: Text) throws(Problem) {
        guard principal.mayProduce(topic) else {
            throw Problem(.forbidden, "this token may not send to the topic \(topic)").with([
                "topic": .text(topic.string)
            ])
        }
    }
}

extension Operation {
    /// Why an operator does something: in the body.
    static let reason = Field("reason", .text(bytesMax: 500), "Why; kept in the audit.", isRequired: true)
}

extension Reply {
    /// A list that has one page.
    static func all<Element>(_ elements: [Element], _ write: (inout JSONWriter, Element) -> Void) -> Reply {
        .json { writer in
            writer.beginObject()
            writer.members("items", elements, write)
            writer.key("next")
            writer.null()
            writer.endObject()
        }
    }

    /// There is nothing to say.
    static let nothing = Reply(204)
}
