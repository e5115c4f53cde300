import WaybillCore
import WaybillStore

/// Something in a file that is not as it must be, and where: as much of the place as applies.
package struct FileFinding: Hashable, Sendable, Codable, CustomStringConvertible {
    /// What is wrong, with what is there and what should be.
    package var what: String
    /// The event's place in the journal.
    package var position: Int64?
    package var order: String?
    /// The event's version within its order or stock.
    package var version: Int64?
    package var sku: String?
    package var location: String?
    /// The message's id: the position of its event, and its place among that event's messages.
    package var message: String?
    package var timeout: String?
    /// The module whose rows are wrong.
    package var module: String?

    package init(_ what: String) { self.what = what }

    package var description: String {
        var place: [String] = []
        if let position { place.append("event \(position)") }
        if let order { place.append("order \(order)") }
        if let version { place.append("version \(version)") }
        if let sku { place.append("stock \(sku)\(location.map { $0.isEmpty ? "" : " at \($0)" } ?? "")") }
        if let message { place.append("message \(message)") }
        if let module { place.append("module \(module)") }
        if let timeout { place.append("timeout \(timeout)") }
        return place.isEmpty ? what : "\(place.joined(separator: ", ")): \(what)"
    }
}

extension FileFinding {
    func at(_ position: Position) -> FileFinding { with { $0.position = position.number } }
    func of(_ order: OrderID) -> FileFinding { with { $0.order = order.text.string } }
    func version(_ version: Int64) -> FileFinding { with { $0.version = version } }

    func of(_ stock: StockKey) -> FileFinding {
        with {
            $0.sku = stock.sku.text.string
            $0.location = stock.location.text.string
        }
    }

    func message(_ event: Position, _ ordinal: Int64) -> FileFinding {
        with { $0.message = "\(event.number).\(ordinal)" }
    }

    func of(_ module: GroupName) -> FileFinding { with { $0.module = module.text.string } }

    func timeout(_ name: Text) -> FileFinding { with { $0.timeout = name.string } }

    private func with(_ change: (inout FileFinding) -> Void) -> FileFinding {
        var copy = self
        change(&copy)
        return copy
    }
}

/// Findings, the first of which are kept.
package struct FileFindings: Sendable {
    package private(set) var first: [FileFinding] = []
    package private(set) var count = 0
    private let keptMax: Int

    init(keptMax: Int) { self.keptMax = keptMax }

    mutating func add(_ finding: FileFinding) {
        count += 1
        if first.count < keptMax { first.append(finding) }
    }

    mutating func add(_ others: FileFindings) {
        count += others.count
        first += others.first.prefix(max(0, keptMax - first.count))
    }
}
