package import WaybillCore

/// One thing that a token allows, written `viewer` or `orders:buyer,seller`.
package enum Grant: Hashable, Sendable {
    /// May read everything but bodies of messages and personal fields.
    case viewer
    /// May act for the shop, and everything that a viewer may.
    case `operator`
    /// May do everything; still names a role with each command.
    case admin
    /// May read metrics.
    case metrics
    /// May read bodies of messages.
    case payload
    /// May change stock.
    case stock
    /// May send commands to orders, in one of these roles.
    case orders(roles: [Text])
    /// May send to these topics.
    case producer(NamePattern)
    /// May consume for these groups.
    case consumer(NamePattern)
    /// May answer for these producers what became of half messages.
    case check(NamePattern)
    /// May name this lane.
    case lane(Text)
}

/// What is wrong with grants that were asked for.
package struct GrantProblem: Error, Hashable, Sendable {
    package let message: String
}

extension Grant {
    /// The words that take names after a colon, each with what the names are.
    private static let withNames = ["orders", "producer", "consumer", "check", "lane"]

    /// Reads one grant: a word, and after a colon its names.
    package init(_ text: Text) throws(GrantProblem) {
        let parts = text.string.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let names = parts.count == 2 ? String(parts[1]) : nil
        try self.init(word: String(parts.first ?? ""), names: names.map { [Text($0)] })
    }

    /// - Parameter names: what it is for; texts with commas are several. Nil: none are given.
    package init(word: String, names: [Text]?) throws(GrantProblem) {
        guard let names else {
            switch word {
            case "viewer": self = .viewer
            case "operator": self = .operator
            case "admin": self = .admin
            case "metrics": self = .metrics
            case "payload": self = .payload
            case "stock": self = .stock
            default: throw Self.unknown(word)
            }
            return
        }
        let list = try Self.list(names, of: word)
        switch word {
        case "orders": self = .orders(roles: list)
        case "producer": self = .producer(NamePattern(try Self.one(list, of: word)))
        case "consumer": self = .consumer(NamePattern(try Self.one(list, of: word)))
        case "check": self = .check(NamePattern(try Self.one(list, of: word)))
        case "lane": self = .lane(try Self.one(list, of: word))
        default: throw Self.unknown(word)
        }
    }

    /// The grant as it is written, and stored.
    package var text: Text {
        switch self {
        case .viewer: "viewer"
        case .operator: "operator"
        case .admin: "admin"
        case .metrics: "metrics"
        case .payload: "payload"
        case .stock: "stock"
        case .orders(let roles): Text("orders:" + roles.map(\.string).joined(separator: ","))
        case .producer(let pattern): "producer:\(pattern.text)"
        case .consumer(let pattern): "consumer:\(pattern.text)"
        case .check(let pattern): "check:\(pattern.text)"
        case .lane(let lane): "lane:\(lane)"
        }
    }

    private static func list(_ names: [Text], of word: String) throws(GrantProblem) -> [Text] {
        let list = names.flatMap { name in
            name.string.split(separator: ",", omittingEmptySubsequences: false).map { Text(String($0)) }
        }
        for name in list {
            let isWhole = name.withBytes { bytes in bytes.allSatisfy { $0 > 0x20 && $0 != 0x3A && $0 != 0x7F } }
            guard !name.isEmpty, name.byteCount <= 255, isWhole else {
                throw GrantProblem(
                    message: "the grant \(word) has the name '\(name)'; a name has 1 to 255 bytes, and no blank, "
                        + "colon or comma")
            }
        }
        return list
    }

    private static func one(_ names: [Text], of word: String) throws(GrantProblem) -> Text {
        guard names.count == 1, let name = names.first else {
            throw GrantProblem(message: "the grant \(word) is for one name; give one grant for each")
        }
        return name
    }

    private static func unknown(_ word: String) -> GrantProblem {
        GrantProblem(
            message: "there is no grant '\(word)'; there are viewer, operator, admin, metrics, payload, stock, "
                + withNames.map { "\($0):NAME" }.joined(separator: ", "))
    }
}

/// A name, or with `*` at its end all names that begin so.
package struct NamePattern: Hashable, Sendable {
    package let text: Text
    private let prefix: Text?

    package init(_ text: Text) {
        self.text = text
        prefix = text.string.hasSuffix("*") ? Text(String(text.string.dropLast())) : nil
    }

    /// Whether it stands for this name, byte by byte.
    package func matches(_ name: Text) -> Bool {
        guard let prefix else { return name == text }
        return name.withBytes { bytes in prefix.withBytes { bytes.starts(with: $0) } }
    }
}
