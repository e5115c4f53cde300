/// A value in the data of a command, as a client writes it.
indirect enum TradeFact: Equatable {
    case text(String)
    case number(Int)
    case list([[String: TradeFact]])

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var number: Int? { if case .number(let number) = self { number } else { nil } }
    var list: [[String: TradeFact]] { if case .list(let elements) = self { elements } else { [] } }
}

extension TradeFact: CustomStringConvertible {
    /// JSON, so that a failing run can be typed in.
    var description: String {
        switch self {
        case .text(let text): "\"\(text)\""
        case .number(let number): "\(number)"
        case .list(let elements): "[\(elements.map(TradeFact.object).joined(separator: ","))]"
        }
    }

    static func object(_ fields: [String: TradeFact]) -> String {
        "{\(fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))}"
    }
}

/// Some units of a line of an order.
struct TradeUnits: Equatable {
    var line: String
    var count: Int
    /// Where they go; nil: the command does not say.
    var location: String?

    init(_ line: String, _ count: Int, at location: String? = nil) {
        self.line = line
        self.count = count
        self.location = location
    }

    init?(_ fields: [String: TradeFact]) {
        guard let line = fields["line"]?.text, let count = fields["qty"]?.number else { return nil }
        self.init(line, count, at: fields["at"]?.text)
    }

    var fact: [String: TradeFact] {
        var fields: [String: TradeFact] = ["line": .text(line), "qty": .number(count)]
        if let location { fields["at"] = .text(location) }
        return fields
    }
}
