import Waybill
import WaybillCore
import WaybillEngine

/// What a list is asked for: how many, and after what.
struct PageRequest: Sendable {
    static let limitMax: Int64 = 1_000
    static let limitDefault: Int64 = 100

    static let parameters: [Parameter] = [
        Parameter("limit", .integer(1...limitMax), "How many at most; by default \(limitDefault)."),
        Parameter("cursor", .text(), "Where the list goes on: `next` of the page before."),
    ]

    let limit: Int
    /// After what it goes on: one text, or several; nil: from the first.
    let after: [Text]?
    private let list: Text
    private let cursor: Cursor
    /// The last event that the list knows of.
    private let position: Position
    /// The request's path and query but for the cursor.
    private let target: String

    /// - Parameters:
    ///   - list: names the list with its filter.
    ///   - moment: up to when it looks.
    init(_ call: Call, of list: Text, asOf moment: AsOf = .now) throws(Problem) {
        self.list = list
        cursor = call.served.cursor
        position = call.position(asOf: moment)
        target = call.target(without: "cursor")
        limit = Int(try call.query.int("limit", in: 1...Self.limitMax) ?? Self.limitDefault)
        guard let text = call.query.text("cursor") else {
            after = nil
            return
        }
        let place = try call.served.cursor.open(text, of: list)
        after = place.split(separator: 0, omittingEmptySubsequences: false)
            .map { Text(String(decoding: $0, as: UTF8.self)) }
    }

    /// The name of a list with the values of its filter, each with its length: no two filters have the same.
    static func list(_ name: String, _ values: Text?...) -> Text {
        Text(([name] + values.map { value in value.map { "\($0.byteCount):\($0)" } ?? "-" }).joined(separator: " "))
    }

    /// The row after which it goes on, of lists by numbers.
    var number: Int64? { after?.first.flatMap { Int64($0.string) } }

    /// So much of a list is one page at most, give or take a slice: a caller that asks for a thousand large orders does
    /// not have them all in memory.
    private static let bytesMax = 4 << 20

    /// Reads a page in slices, until there are enough rows, there are no more, or a page has had its time or its bytes:
    /// then it is short, and the list goes on with the next one.
    ///
    /// - Parameters:
    ///   - size: rows of a slice; at least one slice is read.
    ///   - start: the row after which it begins; nil: from the first.
    ///   - weight: about how many bytes an element takes in the answer.
    ///   - read: the elements of at most `limit` rows, and the row after which the next begin; nil: they are the last.
    func slices<Element>(
        of size: Int, after start: Int64?, in book: OrderBook, weighing weight: (Element) -> Int = { _ in 0 },
        _ read: (_ start: Int64?, _ limit: Int) throws -> (elements: [Element], next: Int64?)
    ) throws -> (elements: [Element], next: Int64?) {
        var found: (elements: [Element], next: Int64?) = ([], start)
        var (rest, bytes) = (limit, 0)
        repeat {
            let slice = try read(found.next, min(size, rest))
            found = (found.elements + slice.elements, slice.next)
            rest -= size
            for element in slice.elements { bytes = bytes &+ weight(element) }
        } while rest > 0 && found.next != nil && bytes < Self.bytesMax && !book.engine.isPageOver
        return found
    }

    /// The page as it is answered.
    ///
    /// - Parameters:
    ///   - next: after what the next page begins; nil: this is the last.
    ///   - unknown: names of the filter that the file does not have.
    func reply<Element>(
        _ elements: [Element], next: [Text]?, unknown: [Engine.UnknownName] = [],
        _ write: (inout JSONWriter, Element) -> Void
    ) -> Reply {
        // No text that comes in has a NUL.
        let next = next.map { cursor.close(Array($0.map { Array($0.string.utf8) }.joined(separator: [0])), of: list) }
        var reply = Reply.list(elements, next: next, asOf: position, unknown: unknown, write)
        if let next {
            let separator = target.contains("?") ? "&" : "?"
            reply.headers.append(("link", "<\(target)\(separator)cursor=\(next)>; rel=\"next\""))
        }
        return reply
    }

    /// The page of a list that memory has as a whole.
    ///
    /// - Parameters:
    ///   - rest: what the list has after the page before.
    ///   - place: after what a page begins that follows the element.
    func reply<Element>(
        ofRest rest: some Sequence<Element>, at place: (Element) -> [Text],
        _ write: (inout JSONWriter, Element) -> Void
    ) -> Reply {
        let found = Array(rest.prefix(limit + 1))
        let last = found.count > limit ? found[limit - 1] : nil
        return reply(Array(found.prefix(limit)), next: last.map(place), write)
    }

    /// The same of a list by numbers.
    func reply<Element>(
        _ elements: [Element], next: Int64?, unknown: [Engine.UnknownName] = [],
        _ write: (inout JSONWriter, Element) -> Void
    ) -> Reply {
        reply(elements, next: next.map { [Text("\($0)")] }, unknown: unknown, write)
    }
}
