import WaybillCore

extension OrderWay {
    /// `pay by payments, from unpaid to paid, if event.cents = price_cents: by its data, price_cents is 1000`.
    var readable: String {
        var text = command.description
        if !roles.isEmpty { text += " by \(roles.map(\.string).joined(separator: " or "))" }
        if !state.isEmpty { text += ", \(target == nil ? "in" : "from") \(state)" }
        if let target { text += " to \(target)" }
        guard let guarding else { return text }
        let condition = guarding.string.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return text + ", if \(because.map { "\($0) (\(condition))" } ?? condition): \(finding(of: condition))"
    }

    private func finding(of condition: String) -> String {
        let values = reads.map { "\($0.name) is \($0.value)" }.joined(separator: ", ")
        switch outlook {
        case .open: return "true now\(values.isEmpty ? "" : ", \(values)")"
        case .byData: return "by its data\(values.isEmpty ? "" : ", \(values)")"
        case .closed:
            let found = obstacles.map { part in
                part.text == condition ? part.finding : "\(part.text): \(part.finding)"
            }
            return found.isEmpty ? "not true now" : "not now, \(found.joined(separator: "; "))"
        }
    }
}
