import Waybill
import WaybillCore
import WaybillEngine

/// From where a stream tells: `Last-Event-ID`, which wins, or `?after=`.
enum StreamStart: Equatable {
    /// What comes from now on.
    case now
    /// What comes after an event; 0: all.
    case after(Position)
    /// The client names an event that the file does not have.
    case unknown(Text)

    static let parameter = Parameter(
        "after", .text(), "Events after this one: `e42`; `e0`: all. Unless said, those that come from now on.")

    /// - Throws: for an `after` that is no event at all.
    static func read(_ call: Call) throws(Problem) -> StreamStart {
        let last = call.book.book.engine.lastPosition
        if let sent = try call.headers.single(.lastEventID), !sent.isEmpty {
            // It is what this server gave the client, or another file's.
            guard let position = position(sent) else { return .unknown(Text(sent)) }
            return position <= last ? .after(position) : .unknown(Text(sent))
        }
        guard let after = call.query.text("after") else { return .now }
        let position = try position(of: call)
        return position <= last ? .after(position) : .unknown(after)
    }

    /// The event after which a list begins; 0: all.
    static func position(of call: Call) throws(Problem) -> Position {
        guard let after = call.query.text("after") else { return Position(0) }
        guard let position = position(after.string) else {
            throw .badParameter("after", "after=\(after) is not an event; events look like e42", sent: after)
        }
        return position
    }

    private static func position(_ text: String) -> Position? { text == "e0" ? Position(0) : Position(text: text) }
}

extension EventStream.Item {
    /// What the client knew is not known here: it reads anew, and the stream goes on from now.
    static func gap(after asked: Text, at last: Position) -> EventStream.Item {
        EventStream.Item("gap", id: Text(last.text)) { writer in
            writer.beginObject()
            writer.member("after", asked)
            writer.member("event", Text(last.text))
            writer.endObject()
        }
    }
}

extension Operation.Answer {
    /// Of operations that tell as things happen.
    static func stream(_ summary: String) -> Operation.Answer {
        Operation.Answer(200, summary, .text(bytesMax: 1 << 30), type: "text/event-stream")
    }

    /// Of streams that have an end.
    static let nothingMore = Operation.Answer(204, "Nothing more will come: do not ask again.", nil)
}
