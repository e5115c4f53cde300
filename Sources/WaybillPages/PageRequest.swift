import WaybillAPI
package import WaybillAccess
import WaybillCore

/// What a browser asks, without what only the shell of HTTP knows.
package struct PageRequest: Sendable {
    package var method: String
    /// Path and query as they came.
    package var target: String
    package var cookies: [String]
    /// Whether the browser says that the request comes from a page of this server.
    package var isOfThisOrigin: Bool
    package var contentType: String?
    package var lastEventID: String?
    /// Who asks when the way by which the request came says so.
    package var principal: Principal?
    /// From where it comes: failures to sign in are counted by it.
    package var address: String

    package init(
        method: String, target: String, cookies: [String] = [], isOfThisOrigin: Bool = false,
        contentType: String? = nil, lastEventID: String? = nil, principal: Principal? = nil, address: String = ""
    ) {
        self.method = method
        self.target = target
        self.cookies = cookies
        self.isOfThisOrigin = isOfThisOrigin
        self.contentType = contentType
        self.lastEventID = lastEventID
        self.principal = principal
        self.address = address
    }
}

/// Names and values of a form or a query, in order.
struct FormValues: Sendable {
    let items: [(name: String, value: String)]

    init(_ items: [(name: String, value: String)] = []) { self.items = items }

    /// The first value of a name; empty: there is none.
    subscript(_ name: String) -> String { items.first { $0.name == name }?.value ?? "" }

    /// The first value, unless it is empty or only blanks.
    func given(_ name: String) -> String? {
        let value = self[name].trimmingBlanks
        return value.isEmpty ? nil : value
    }

    func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value).filter { !$0.isEmpty } }

    /// Every name that begins so, without its beginning.
    func beginning(_ prefix: String) -> [(name: String, value: String)] {
        items.filter { $0.name.hasPrefix(prefix) && $0.name != prefix && !$0.value.trimmingBlanks.isEmpty }
            .map { (String($0.name.dropFirst(prefix.count)), $0.value.trimmingBlanks) }
    }

    /// The same as a query, with some values changed; nil takes a name away.
    func query(changing changes: [(String, String?)] = []) -> String {
        let names = Set(changes.map(\.0))
        let kept = items.filter { !names.contains($0.name) && !$0.value.isEmpty }
        let all = kept.map { ($0.name, $0.value) } + changes.compactMap { change in change.1.map { (change.0, $0) } }
        return "?" + all.map { "\(Text($0.0).asPathSegment)=\(Text($0.1).asPathSegment)" }.joined(separator: "&")
    }
}
