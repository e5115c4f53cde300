import Waybill
import WaybillAccess
package import WaybillCore
import WaybillEngine

extension Call {
    /// Asks for something of topics, groups and messages.
    func messages<Result: Sendable>(
        _ body: @escaping @Sendable (Messages) async throws -> Result
    ) async throws(Problem) -> Result {
        try await book.ask { book in try await body(book.messages) }
    }

    /// Refuses a topic that is not there: nothing is found in it, and a misspelled one would find nothing in silence.
    func requireTopic(_ topic: TopicName) async throws(Problem) {
        guard try await messages({ messages in try messages.topic(topic) }) == nil else { return }
        throw Problem(.unknownTopic(topic))
    }

    /// A wait that ends when the token of the call does.
    func whileTokenIsValid(_ wait: Interval) -> Interval {
        guard let token = principal.token, let expiry = served.tokens.expiry(of: token) else { return wait }
        return min(wait, max(Interval(milliseconds: 0), expiry.since(book.now)))
    }

    /// Who is kept as the maker of what the caller makes; empty: the owner of the file, who has made all that was there
    /// before.
    var maker: Text { principal.isOwner ? "" : principal.name }

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
    static let reason = Field(
        "reason", .text(bytesMax: Call.reasonBytesMax),
        "Why; kept in the audit. Only the owner of the file may leave it out.", isRequired: true)
}

extension Reply {
    /// The answers to what was asked at once.
    static func all<Element>(_ elements: [Element], _ write: (inout JSONWriter, Element) -> Void) -> Reply {
        list(elements, next: nil, asOf: nil, write)
    }

    /// A list that has one page.
    package static func list<Element>(
        _ call: Call, _ elements: [Element], _ write: (inout JSONWriter, Element) -> Void
    ) -> Reply {
        list(elements, next: nil, asOf: call.position, write)
    }

    /// A page of a list.
    ///
    /// - Parameters:
    ///   - position: the last event that the list knows of; nil: it is no list of what the file holds.
    ///   - unknown: names of its filter that the file does not have.
    static func list<Element>(
        _ elements: [Element], next: Text?, asOf position: Position?, unknown: [Engine.UnknownName] = [],
        _ write: (inout JSONWriter, Element) -> Void
    ) -> Reply {
        .json { writer in
            writer.beginObject()
            writer.members("items", elements, write)
            writer.key("next")
            if let next { writer.text(next) } else { writer.null() }
            if let position { writer.member("as_of", Text(position.text)) }
            if !unknown.isEmpty { writer.members("unknown", unknown) { $0.unknownName($1) } }
            writer.endObject()
        }
    }

    /// There is nothing to say.
    static let nothing = Reply(204)
}
