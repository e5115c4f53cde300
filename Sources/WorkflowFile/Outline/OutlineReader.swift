import WaybillCore

/// Reads the document into an ``Outline``. Goes on after a finding, so that one reading tells all it can.
struct OutlineReader {
    let log: FindingLog

    static func read(_ root: DocumentNode, log: FindingLog) -> Outline? {
        OutlineReader(log: log).outline(root)
    }

    private static let keys = [
        "id", "version", "commands", "context", "attributes", "derive", "invariants", "status", "children",
    ]

    private func outline(_ node: DocumentNode) -> Outline? {
        guard let fields = fields(of: node, "a workflow", allowed: Self.keys + Self.stateKeys) else { return nil }
        let name = fields["id"].flatMap { word($0, "the id of a workflow") }
        if fields["id"] == nil { log.error(at: node, "the workflow has no `id:`", hint: "add `id: my-orders`") }
        let version = fields["version"].flatMap { number($0, "the version", in: 1...Int64.max) }
        if fields["version"] == nil { log.error(at: node, "the workflow has no `version:`", hint: "add `version: 1`") }
        let commands = fields["commands"].map(commands)
        let context = fields["context"].map {
            record($0, .context)
        }
        let root = state(node, name: "", fields: fields)
        return Outline(
            name: name ?? "", version: version ?? 1, commands: commands, context: context ?? .empty,
            attributes: items(fields["attributes"], "attributes", countMax: WorkflowLimits.attributesMax),
            derived: fields["derive"].map {
                entries($0, "`derive:`", countMax: WorkflowLimits.derivedMax, named: identifier)
            } ?? [],
            invariants: fields["invariants"].map(invariants) ?? [],
            status: fields["status"].flatMap { expression($0) },
            children: fields["children"].map(children) ?? [], root: root)
    }

    // MARK: Mappings and lists

    /// The values of a mapping by key. Keys that are not allowed get a finding each.
    func fields(of node: DocumentNode, _ what: String, allowed: [String]) -> [String: DocumentNode]? {
        guard case .mapping(let pairs) = node.content else {
            log.error(at: node, "found \(node.phrase), expected \(what)", hint: "write `key: value` pairs below it")
            return nil
        }
        var fields: [String: DocumentNode] = [:]
        for pair in pairs {
            if allowed.contains(pair.name) {
                fields[pair.name] = pair.value
            } else {
                unknown(pair.key, pair.name, what, allowed: allowed)
            }
        }
        return fields
    }

    /// Words that are used elsewhere, and what to write here.
    private static let otherWords = [
        "keys": "key", "group": "messageGroup", "cond": "guard", "quantity": "qty", "location": "at", "roles": "by",
        "onEntry": "entry", "onExit": "exit", "onentry": "entry", "onexit": "exit", "delta": "in", "within": "in",
    ]

    func unknown(_ key: DocumentNode, _ name: String, _ what: String, allowed: [String]) {
        let other = Self.otherWords[name].flatMap { allowed.contains($0) ? Text($0) : nil }
        let nearest = other ?? nearestName(to: Text(name), among: allowed.lazy.map { Text($0) })
        let known = "\(what) has \(allowed.joined(separator: ", "))"
        log.error(
            at: key, "unknown key '\(name.prefix(40))'", hint: nearest.map { "did you mean '\($0)'? \(known)" } ?? known
        )
    }

    /// The items of a list, or the one item that stands without a list.
    func items(_ node: DocumentNode?, _ what: String, countMax: Int) -> [DocumentNode] {
        guard let node, !node.isEmpty else { return [] }
        guard case .sequence(let items) = node.content else { return [node] }
        guard items.count <= countMax else {
            log.error(at: node, "\(items.count) \(what), more than \(countMax)")
            return Array(items.prefix(countMax))
        }
        return items
    }

    /// The entries of a mapping whose keys are names that `named` accepts and whose values are expressions.
    func entries(
        _ node: DocumentNode, _ what: String, countMax: Int, named: (DocumentNode, String) -> Text?
    ) -> [Outline.Entry] {
        guard case .mapping(let pairs) = node.content else {
            if !node.isEmpty { log.error(at: node, "found \(node.phrase), expected `name: value` pairs in \(what)") }
            return []
        }
        if pairs.count > countMax { log.error(at: node, "\(pairs.count) entries in \(what), more than \(countMax)") }
        return pairs.prefix(countMax).compactMap { pair in
            guard let name = named(pair.key, "a name in \(what)"), let value = expression(pair.value) else {
                log.fails(toDeclare: pair.name)
                return nil
            }
            return Outline.Entry(key: pair.key, name: name, value: value)
        }
    }

    // MARK: Scalars

    /// A node that can be an expression: a text that is not empty.
    func expression(_ node: DocumentNode) -> DocumentNode? {
        guard let text = node.text else {
            log.error(at: node, "found \(node.phrase), expected an expression", hint: "put it into one quoted text")
            return nil
        }
        guard !text.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x0A }) else {
            log.error(at: node, "found nothing, expected an expression")
            return nil
        }
        return node
    }

    /// A whole number in digits; YAML's octal, hexadecimal and grouped numbers are not read.
    func number(_ node: DocumentNode, _ what: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let text = node.text, let number = Int64(text), String(number) == text, range.contains(number) else {
            let bounds =
                range.upperBound == .max ? "from \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            log.error(at: node, "found \(node.phrase), expected \(what): a whole number, \(bounds)")
            return nil
        }
        return number
    }

    func flag(_ node: DocumentNode) -> Bool {
        if let text = node.text, text == "true" || text == "false" { return text == "true" }
        log.error(at: node, "found \(node.phrase), expected true or false")
        return false
    }

    /// The name of a state, event, timeout, role, topic or tag.
    func word(_ node: DocumentNode, _ what: String) -> Text? {
        named(node, what, "letters, digits, _ and -", allowing: UInt8(ascii: "-"))
    }

    /// The name of a field that stands after a dot: `event.case`, `l.qty`.
    func fieldName(_ node: DocumentNode, _ what: String) -> Text? {
        named(node, what, "letters, digits and _", allowing: nil)
    }

    /// A name that stands alone in expressions, where keywords mean something else.
    func identifier(_ node: DocumentNode, _ what: String) -> Text? {
        guard let name = fieldName(node, what) else { return nil }
        if ExpressionParser.isReserved(name) {
            log.error(at: node, "'\(name)' has a meaning in expressions and cannot be \(what)")
            return nil
        }
        return name
    }

    private func named(_ node: DocumentNode, _ what: String, _ rule: String, allowing extra: UInt8?) -> Text? {
        guard let text = node.text else {
            log.error(at: node, "found \(node.phrase), expected \(what)")
            return nil
        }
        let bytes = Array(text.utf8)
        let isDigit: (UInt8) -> Bool = { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        let isLetter: (UInt8) -> Bool = {
            let lowercase = $0 | 0x20
            return (lowercase >= UInt8(ascii: "a") && lowercase <= UInt8(ascii: "z")) || $0 == UInt8(ascii: "_")
        }
        guard let first = bytes.first, isLetter(first), bytes.count <= WorkflowLimits.nameBytesMax,
            bytes.allSatisfy({ isLetter($0) || isDigit($0) || $0 == extra })
        else {
            log.error(
                at: node, "found \(node.phrase), expected \(what)",
                hint: "up to \(WorkflowLimits.nameBytesMax) \(rule), a letter first")
            return nil
        }
        return Text(text)
    }
}
