import WaybillCore

/// Requests of a write that keep their place for the next one. What comes after them about the same family of orders,
/// or under the same key, waits with them.
struct KeptPlaces {
    private struct Key: Hashable {
        let caller: Text
        let key: Text
    }

    private var families: Set<Text> = []
    private var keys: Set<Key> = []

    /// Whether something that keeps its place stands before a request, which must wait with it.
    func holdsBack(_ request: any Request) -> Bool {
        if families.isEmpty { return false }
        guard let (order, key) = Self.names(of: request) else { return false }
        return families.contains(Self.family(of: order)) || key.map { keys.contains($0) } ?? false
    }

    mutating func keep(_ request: any Request) {
        guard let (order, key) = Self.names(of: request) else { return }
        families.insert(Self.family(of: order))
        if let key { keys.insert(key) }
    }

    private static func names(of request: any Request) -> (order: OrderID, key: Key?)? {
        guard let subject = request.subject else { return nil }
        return (subject.order, subject.key.map { Key(caller: subject.caller, key: $0) })
    }

    /// The id of the order at the top: children are called `parent/child`.
    private static func family(of order: OrderID) -> Text {
        Text(order.text.string.split(separator: "/", maxSplits: 1).first.map(String.init) ?? "")
    }
}
