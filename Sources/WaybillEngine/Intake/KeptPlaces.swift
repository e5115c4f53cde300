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

    /// Whether a request comes after one that keeps its place.
    func hold(_ request: Request) -> Bool {
        if families.isEmpty { return false }
        guard let (order, key) = Self.names(in: request) else { return false }
        return families.contains(Self.family(of: order)) || key.map { keys.contains($0) } ?? false
    }

    mutating func keep(_ request: Request) {
        guard let (order, key) = Self.names(in: request) else { return }
        families.insert(Self.family(of: order))
        if let key { keys.insert(key) }
    }

    private static func names(in request: Request) -> (order: OrderID, key: Key?)? {
        switch request {
        case .order(let command): (command.order, command.key.map { Key(caller: command.caller, key: $0) })
        case .timeout(let command): (command.order, command.key.map { Key(caller: command.caller, key: $0) })
        case .firing(let recorded): (recorded.order, nil)
        case .stock, .broker: nil
        }
    }

    /// The id of the order at the top: children are called `parent/child`.
    private static func family(of order: OrderID) -> Text {
        Text(order.text.string.split(separator: "/", maxSplits: 1).first.map(String.init) ?? "")
    }
}
