import WaybillCore
import WorkflowFile

/// The pieces that a scenario is read from: mappings with known keys, numbers, times, shares. Each says what is wrong
/// with it and goes on.
struct ScenarioFields {
    let log: FindingLog
    let node: DocumentNode
    private var values: [String: DocumentNode] = [:]

    /// - Parameter what: what the mapping is, for messages.
    init(_ node: DocumentNode, _ what: String, allowed: [String], log: FindingLog) {
        self.log = log
        self.node = node
        guard case .mapping(let pairs) = node.content else {
            log.error(at: node, "found \(node.phrase), expected \(what)", hint: "write `key: value` pairs")
            return
        }
        for pair in pairs {
            if allowed.contains(pair.name) {
                values[pair.name] = pair.value
                continue
            }
            let known = "\(what) has \(allowed.joined(separator: ", "))"
            let nearest = nearestName(to: Text(pair.name), among: allowed.lazy.map { Text($0) })
            log.error(
                at: pair.key, "unknown key '\(pair.name.prefix(40))'",
                hint: nearest.map { "did you mean '\($0)'? \(known)" } ?? known)
        }
    }

    func value(_ key: String) -> DocumentNode? { values[key] }

    /// The value, or a finding that it is missing.
    func required(_ key: String, _ example: String) -> DocumentNode? {
        if let value = values[key] { return value }
        log.error(at: node, "`\(key):` is missing", hint: "add `\(key): \(example)`")
        return nil
    }

    /// The items of a list.
    func list(_ key: String) -> [DocumentNode] {
        guard let node = values[key], !node.isEmpty else { return [] }
        guard case .sequence(let items) = node.content else {
            log.error(at: node, "found \(node.phrase), expected a list", hint: "begin each entry with `- `")
            return []
        }
        if items.count > ScenarioLimits.listMax {
            log.error(at: node, "\(items.count) entries, more than \(ScenarioLimits.listMax)")
        }
        return Array(items.prefix(ScenarioLimits.listMax))
    }

    func text(_ node: DocumentNode?, _ what: String) -> String? {
        guard let node else { return nil }
        if let text = node.text, !text.isEmpty, text.utf8.count <= ScenarioLimits.textBytesMax { return text }
        log.error(
            at: node, "found \(node.phrase), expected \(what): a text of 1 to \(ScenarioLimits.textBytesMax) bytes")
        return nil
    }

    /// A name of letters, digits, `_` and `-`.
    func name(_ node: DocumentNode?, _ what: String) -> String? {
        guard let node else { return nil }
        let isName = node.text.map { text in
            (1...64).contains(text.utf8.count)
                && text.utf8.allSatisfy { byte in
                    let lowercase = byte | 0x20
                    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercase)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                        || byte == UInt8(ascii: "_")
                }
        }
        if isName == true { return node.text }
        log.error(at: node, "found \(node.phrase), expected \(what)", hint: "up to 64 letters, digits, _ and -")
        return nil
    }

    func number(_ node: DocumentNode?, _ what: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let node else { return nil }
        if let text = node.text, let number = Int64(text), String(number) == text, range.contains(number) {
            return number
        }
        log.error(
            at: node,
            "found \(node.phrase), expected \(what): a whole number, \(range.lowerBound) to "
                + "\(range.upperBound)")
        return nil
    }

    func number(_ key: String, _ what: String, in range: ClosedRange<Int64>) -> Int64? {
        number(values[key], what, in: range)
    }

    /// `12%`, `0.5%` or `0`.
    func share(_ key: String) -> Share? {
        guard let node = values[key] else { return nil }
        if let millionths = node.text.flatMap(Self.millionths), millionths <= Share.whole { return Share(millionths) }
        log.error(at: node, "found \(node.phrase), expected a share", hint: "write 0% to 100%, for example 2.5%")
        return nil
    }

    private static func millionths(_ text: String) -> UInt64? {
        if text == "0" { return 0 }
        guard text.hasSuffix("%") else { return nil }
        return tenMillionths(String(text.dropLast())).map { $0 / 1_000 }
    }

    /// A decimal number below 1,000 with at most four digits after the point, in ten millionths.
    private static func tenMillionths(_ text: String) -> UInt64? {
        let digitsMax = 4
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = UInt64(parts[0]), whole < 1_000 else { return nil }
        guard parts.count == 2 else { return whole * 10_000_000 }
        guard (1...digitsMax).contains(parts[1].count), let fraction = UInt64(parts[1]) else { return nil }
        let scale = (0..<(digitsMax - parts[1].count)).reduce(UInt64(1)) { scale, _ in scale * 10 }
        return whole * 10_000_000 + fraction * scale * 1_000
    }

    /// An exponent such as `0.9`, in thousandths.
    func exponent(_ key: String) -> Int? {
        guard let node = values[key] else { return nil }
        if let value = node.text.flatMap({ Self.tenMillionths($0) }).map({ Int64($0 / 10_000) }),
            value <= ScenarioLimits.zipfMax
        {
            return Int(value)
        }
        log.error(at: node, "found \(node.phrase), expected an exponent", hint: "write 0 to 3, for example 0.9")
        return nil
    }

    /// `250ms`, `1m30s`.
    func interval(_ key: String, in range: ClosedRange<Interval>) -> Interval? { interval(values[key], in: range) }

    func interval(_ node: DocumentNode?, in range: ClosedRange<Interval>) -> Interval? {
        guard let node else { return nil }
        if let interval = node.text.flatMap({ Interval(text: Text($0)) }), range.contains(interval) { return interval }
        log.error(
            at: node,
            "found \(node.phrase), expected a length of time, \(range.lowerBound.text) to "
                + "\(range.upperBound.text)", hint: "write for example 250ms, 12s or 1h30m")
        return nil
    }

    /// `40us`, or a length of time in milliseconds and more.
    func microseconds(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let node = values[key] else { return nil }
        if let text = node.text {
            let value =
                text.hasSuffix("us")
                ? Int64(text.dropLast(2))
                : Interval(text: Text(text)).map(\.milliseconds)
                    .flatMap { $0 < Int64.max / 1_000 ? $0 * 1_000 : nil }
            if let value, range.contains(value) { return value }
        }
        log.error(
            at: node,
            "found \(node.phrase), expected a length of time, \(range.lowerBound)us to "
                + "\(range.upperBound)us", hint: "write for example 40us or 1ms")
        return nil
    }
}
