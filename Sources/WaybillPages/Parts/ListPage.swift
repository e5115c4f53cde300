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
        let asked = target.with("limit", "\(Self.rowsMax)").with("cursor", visit.query.given("cursor"))
        do throws(Refused) {
            let list = try await visit.asker.get(asked.string)
            items = list["items"].list
            nextCursor = list["next"].text
            asOf = list["as_of"].text.flatMap { Position(text: $0) }
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

/// What an audit or a message says of itself, pair by pair.
func pairsList(_ members: [(name: String, value: JSONValue)]) -> HTML {
    members.map { name, value -> HTML in "\(HTML.soft("\(name) "))\(HTML.name(value.plain))" }.joined(by: ", ")
}
