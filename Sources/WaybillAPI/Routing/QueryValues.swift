package import WaybillCore

/// The parameters of a query, checked against what the operation takes.
package struct QueryValues: Sendable {
    private let items: [(name: String, value: Text)]

    init(_ items: [(name: String, value: Text)], for operation: Operation) throws(Problem) {
        try Self.checkLengths(of: items, for: operation)
        var seen: [String: Int] = [:]
        for (name, _) in items {
            guard let parameter = operation.query.first(where: { $0.takes(name) }) else {
                let names = operation.query.map { $0.isPrefix ? "\($0.name)NAME" : $0.name }.joined(separator: ", ")
                let what = name.isEmpty ? "a parameter has no name" : "there is no parameter \(name)"
                throw .badParameter(
                    name, "\(what); \(names.isEmpty ? "none is taken here" : "there are: \(names)")",
                    rule: ["known": .texts(operation.query.map { $0.isPrefix ? "\($0.name)NAME" : $0.name })])
            }
            seen[name, default: 0] += 1
            guard seen[name, default: 0] <= parameter.countMax else {
                let often = parameter.isRepeated ? "\(parameter.countMax) times" : "once"
                throw .badParameter(
                    name, "the parameter \(name) came more than \(often)",
                    rule: ["max": .number(Int64(parameter.countMax))])
            }
        }
        self.items = items
    }

    /// All of them, by name.
    var sorted: [(name: String, value: Text)] {
        items.sorted { ($0.name, $0.value.string) < ($1.name, $1.value.string) }
    }

    package func text(_ name: String) -> Text? { items.first { $0.name == name }?.value }

    /// All of a parameter that may come more than once.
    func texts(_ name: String) -> [Text] { items.filter { $0.name == name }.map(\.value) }

    /// All that begin with a prefix, without it.
    package func texts(beginning prefix: String) -> [(name: Text, value: Text)] {
        items.filter { $0.name.hasPrefix(prefix) && $0.name != prefix }
            .map { (Text(String($0.name.dropFirst(prefix.count))), $0.value) }
    }

    package func int(_ name: String, in range: ClosedRange<Int64>) throws(Problem) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let number = Int64(text.string), range.contains(number) else {
            throw .badParameter(
                name, "\(name)=\(text) is not a number from \(range.lowerBound) to \(range.upperBound)", sent: text,
                rule: ["min": .number(range.lowerBound), "max": .number(range.upperBound)])
        }
        return number
    }

    package func bool(_ name: String) throws(Problem) -> Bool {
        switch text(name) {
        case nil, "false": return false
        case "true", "": return true
        case .some(let text): throw .badParameter(name, "\(name)=\(text) is neither true nor false", sent: text)
        }
    }

    package func time(_ name: String) throws(Problem) -> Moment? {
        guard let text = text(name) else { return nil }
        do throws(MomentProblem) {
            return try Moment(read: text)
        } catch {
            let hint = text.string.contains(" ") ? "; a + is sent as %2B" : ""
            throw .badParameter(name, "\(name): \(error.message)\(hint)", sent: text)
        }
    }

    /// `30m`, or milliseconds.
    package func duration(_ name: String) throws(Problem) -> Interval? {
        guard let text = text(name) else { return nil }
        if let milliseconds = Int64(text.string) { return Interval(milliseconds: milliseconds) }
        guard let interval = Interval(text: text) else {
            throw .badParameter(
                name, "\(name)=\(text) is not a duration; write for example 30m, 1h30m, 250ms", sent: text)
        }
        return interval
    }

    /// One of some words.
    package func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Word.Type
    ) throws(Problem) -> Word? where Word.RawValue == String {
        guard let text = text(name) else { return nil }
        guard let word = Word(rawValue: text.string) else {
            let words = Word.allCases.map(\.rawValue)
            throw .badParameter(
                name, "\(name)=\(text) is not one of \(words.joined(separator: ", "))", sent: text,
                rule: ["known": .texts(words)])
        }
        return word
    }
}
