import WaybillCore

/// What a list is asked for: how many, and after what.
struct PageRequest: Sendable {
    static let limitMax: Int64 = 1_000
    static let limitDefault: Int64 = 100

    static let parameters: [Parameter] = [
        Parameter("limit", .integer(1...limitMax), "How many at most; \(limitDefault) unless said."),
        Parameter("cursor", .text(), "Where the list goes on: `next` of the page before."),
    ]

    let limit: Int
    /// After what it goes on: one text, or several; nil: from the first.
    let after: [Text]?
    private let list: Text
    private let cursor: Cursor

    /// - Parameter list: names the list with its filter.
    init(_ call: Call, of list: Text) throws(Problem) {
        self.list = list
        cursor = call.served.cursor
        limit = Int(try call.query.int("limit", in: 1...Self.limitMax) ?? Self.limitDefault)
        guard let text = call.query.text("cursor") else {
            after = nil
            return
        }
        let place = try call.served.cursor.open(text, of: list)
        after = place.split(separator: 0, omittingEmptySubsequences: false)
            .map { Text(String(decoding: $0, as: UTF8.self)) }
    }

    /// The row after which it goes on, of lists by numbers.
    var number: Int64? { after?.first.flatMap { Int64($0.string) } }

    /// The page as it is answered.
    ///
    /// - Parameter next: after what the next page begins; nil: this is the last.
    func reply<Element>(
        _ elements: [Element], next: [Text]?, _ write: (inout JSONWriter, Element) -> Void
    ) -> Reply {
        .json { writer in
            writer.beginObject()
            writer.members("items", elements, write)
            writer.key("next")
            if let next {
                // No text that comes in has a NUL.
                let place = next.map { Array($0.string.utf8) }.joined(separator: [0])
                writer.text(cursor.close(Array(place), of: list))
            } else {
                writer.null()
            }
            writer.endObject()
        }
    }

    /// The same of a list by numbers.
    func reply<Element>(
        _ elements: [Element], next: Int64?, _ write: (inout JSONWriter, Element) -> Void
    ) -> Reply {
        reply(elements, next: next.map { [Text("\($0)")] }, write)
    }
}
