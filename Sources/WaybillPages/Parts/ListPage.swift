import WaybillCore

/// A list that an operation answers a page of, with its links to the pages before and after.
struct ListOf: Sendable {
    static let rowsMax = 50

    let items: [JSONValue]
    private let nextCursor: String?
    let asOf: Position?
    /// Why there is none; nil: there is.
    let refused: Refused?
    private let address: String
    private let query: FormValues

    /// - Parameters:
    ///   - target: of the operation, without a limit and a cursor.
    ///   - address: of the page.
    init(_ target: Target, at address: String, _ visit: Visit) async throws(Refused) {
        self.address = address
        query = visit.query
        do throws(Refused) {
            let list = try await visit.asker.list(target, from: visit.query.given("cursor"), rowsMax: Self.rowsMax)
            items = list.items
            nextCursor = list.next
            asOf = list.last["as_of"].text.flatMap { Position(text: $0) }
            refused = nil
        } catch {
            // A filter that is wrong says so beside itself.
            guard error.status < 500, error.status != 403 else { throw error }
            (items, nextCursor, asOf, refused) = ([], nil, nil, error)
        }
    }

    /// A list whose filter asks for nothing yet.
    init(nothingAt address: String, _ visit: Visit) {
        (items, nextCursor, asOf, refused) = ([], nil, nil, nil)
        self.address = address
        query = visit.query
    }

    /// The links below the list.
    ///
    /// - Parameter words: what is shown, and in which order.
    func pages(_ words: HTML, next name: String = "Older ›") -> HTML {
        listPages(
            words, first: query.given("cursor").map { _ in address + query.query(changing: [("cursor", nil)]) },
            next: nextCursor.map { address + query.query(changing: [("cursor", $0)]) }, names: ("« First page", name))
    }
}

extension Asker {
    /// Pages of an operation that are asked for one page that people see.
    private static let roundsMax = 12

    /// The rows of a page. An operation with a filter that no index serves answers short pages, even empty ones, with
    /// more after them: some are put together, so that a page with nothing on it is rare.
    ///
    /// - Parameters:
    ///   - target: of the operation, without a limit and a cursor.
    ///   - cursor: where it goes on; nil: from the beginning.
    /// - Returns: the last answer as well, for what it says beside its rows.
    func list(
        _ target: Target, from cursor: String?, rowsMax: Int
    ) async throws(Refused) -> (items: [JSONValue], next: String?, last: JSONValue) {
        var (items, next, last) = ([JSONValue](), cursor, JSONValue.null)
        var rounds = 0
        repeat {
            rounds += 1
            last = try await get(target.with("limit", "\(rowsMax - items.count)").with("cursor", next).string)
            items += last["items"].list
            next = last["next"].text
        } while items.count < rowsMax && next != nil && rounds < Self.roundsMax
        return (items, next, last)
    }
}

/// What an audit or a message says of itself, pair by pair.
func pairsList(_ members: [(name: String, value: JSONValue)]) -> HTML {
    members.map { name, value -> HTML in "\(HTML.soft("\(name) "))\(HTML.name(value.plain))" }.joined(by: ", ")
}
