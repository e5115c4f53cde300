import WaybillCore

/// What is declared: commands, their data, the context.
///
/// ```yaml
/// commands:
///   place: {by: buyer, data: {buyer: text, coupon: optional text, lines: {list: {line: text, qty: count}, max: 200}}}
///   pay:   {by: payments, key: payment, data: {payment: text, amount_cents: cents}}
/// context:
///   buyer: text
///   lines: {key: line, max: 200, of: {qty: count, shipped: count}}
/// ```
///
/// Types are `text`, `bool`, `count`, `cents`, `signed cents`, `duration`, `time`, each also `optional`; a list of
/// records with a bound; in the context also a collection, whose elements are found by their key, and first values:
/// `grace: duration = 10m` (see `OutlineReader+FirstValues.swift`).
extension OutlineReader {
    func commands(_ node: DocumentNode) -> [Outline.Command] {
        guard case .mapping(let pairs) = node.content, !pairs.isEmpty else {
            log.error(
                at: node, "found \(node.phrase), expected commands",
                hint: "the first one places the order; leave `commands:` out to accept any event")
            return []
        }
        if pairs.count > WorkflowLimits.commandsMax {
            log.error(at: node, "\(pairs.count) commands, more than \(WorkflowLimits.commandsMax)")
        }
        return pairs.prefix(WorkflowLimits.commandsMax).compactMap(command)
    }

    private func command(_ pair: DocumentNode.Pair) -> Outline.Command? {
        guard let name = word(pair.key, "the name of a command") else { return nil }
        var fields: [String: DocumentNode] = [:]
        if !pair.value.isEmpty {
            guard let read = self.fields(of: pair.value, "a command", allowed: ["by", "key", "data"]) else {
                log.failsToDeclareAny()
                return nil
            }
            fields = read
        }
        let data = fields["data"].map { record($0, .data) }
        let roles = items(fields["by"], "roles", countMax: WorkflowLimits.rolesMax).compactMap { word($0, "a role") }
        return Outline.Command(
            node: pair.key, name: EventName(name), data: data ?? .empty, roles: roles, key: fields["key"])
    }

    /// What a record is for: it decides what its fields may be.
    enum RecordUse {
        /// Fields are bare names in expressions, and may be lists and keyed collections.
        case context
        /// Fields may be lists.
        case data
        /// Of a list or a collection of the context.
        case element
        /// Of a list in the data of a command.
        case dataElement

        /// Whether its fields may have first values.
        var keepsFirstValues: Bool {
            switch self {
            case .context, .element: true
            case .data, .dataElement: false
            }
        }

        var countMax: Int {
            switch self {
            case .context: WorkflowLimits.contextFieldsMax
            case .data, .element, .dataElement: WorkflowLimits.recordFieldsMax
            }
        }
    }

    /// The fields of a record.
    func record(_ node: DocumentNode, _ use: RecordUse) -> Outline.Record {
        guard case .mapping(let pairs) = node.content else {
            if !node.isEmpty {
                log.error(at: node, "found \(node.phrase), expected fields", hint: "such as `buyer: text`")
                log.failsToDeclareAny()
            }
            return .empty
        }
        if pairs.count > use.countMax { log.error(at: node, "\(pairs.count) fields, more than \(use.countMax)") }
        var fields: [RecordType.Field] = []
        var nodes: [DocumentNode] = []
        for pair in pairs.prefix(use.countMax) {
            let what = "the name of a field"
            let name = use == .context ? identifier(pair.key, what) : fieldName(pair.key, what)
            guard let name, let kind = kind(pair.value, in: use) else {
                log.fails(toDeclare: pair.name)
                continue
            }
            fields.append(
                RecordType.Field(name: name, type: kind.type, isOptional: kind.isOptional, first: kind.first))
            nodes.append(pair.key)
        }
        checkSize(of: fields, at: node)
        return Outline.Record(type: RecordType(fields), nodes: nodes)
    }

    /// Bounded collections can be too many: an order is kept in memory while it is decided about.
    private func checkSize(of fields: [RecordType.Field], at node: DocumentNode) {
        let elements = fields.reduce(0) { sum, field in
            if case .list(_, let countMax, _) = field.type { sum + countMax } else { sum }
        }
        guard elements > WorkflowLimits.elementsMax else { return }
        log.error(
            at: node, "lists of up to \(elements) elements together, more than \(WorkflowLimits.elementsMax)",
            hint: "lower their `max:`")
    }

    private static let types: [(name: String, type: ValueType)] = [
        ("text", .text), ("bool", .bool), ("count", .number(.count)), ("cents", .number(.cents)),
        ("signed cents", .number(.signedCents)), ("duration", .number(.duration)), ("time", .number(.time)),
    ]

    /// What a field is: its type, whether it may be empty, and its first value.
    private func kind(
        _ node: DocumentNode, in use: RecordUse
    ) -> (type: ValueType, isOptional: Bool, first: Value?)? {
        guard let text = node.text else { return list(node, in: use).map { ($0, false, nil) } }
        let (declared, written) = Self.parts(of: text)
        let prefix = "optional "
        let isOptional = declared.hasPrefix(prefix)
        let name = isOptional ? String(declared.dropFirst(prefix.count)) : declared
        if let known = Self.types.first(where: { $0.name == name }) {
            guard let written else { return (known.type, isOptional, nil) }
            guard use.keepsFirstValues else {
                log.error(
                    at: node, "a first value in the data of a command",
                    hint: "write `optional \(name)` here, and the first value in the context")
                return (known.type, isOptional, nil)
            }
            return firstValue(written, of: known.type, at: node).map { (known.type, isOptional, $0) }
        }
        let nearest = nearestName(to: Text(name), among: Self.types.lazy.map { Text($0.name) })
        let known =
            "the types are \(Self.types.map(\.name).joined(separator: ", ")), each also with `optional` before it"
        log.error(
            at: node, "unknown type \(node.phrase)", hint: nearest.map { "did you mean '\($0)'? \(known)" } ?? known)
        return nil
    }

    private func list(_ node: DocumentNode, in use: RecordUse) -> ValueType? {
        guard use == .context || use == .data else {
            log.error(
                at: node, "a list inside the elements of a list", hint: "give each its own field, joined by a key")
            return nil
        }
        let allowed = use == .context ? ["list", "key", "of", "max"] : ["list", "max"]
        guard let fields = fields(of: node, "a list", allowed: allowed) else { return nil }
        guard let max = fields["max"] else {
            log.error(at: node, "a list without a bound", hint: "add `max: 100`, the most elements it may have")
            return nil
        }
        guard let countMax = number(max, "the bound of a list", in: 1...Int64(WorkflowLimits.elementsMax)) else {
            return nil
        }
        let form = "write {list: {...}, max: 100}" + (use == .context ? " or {key: line, max: 100, of: {...}}" : "")
        if let elements = fields["list"], fields["key"] == nil, fields["of"] == nil {
            return listType(of: elements, key: nil, countMax: Int(countMax), in: use)
        }
        guard fields["list"] == nil, let elements = fields["of"], let keyNode = fields["key"] else {
            log.error(at: node, "neither a list nor a keyed collection", hint: form)
            return nil
        }
        return fieldName(keyNode, "the name of the key field").flatMap {
            listType(of: elements, key: ($0, keyNode), countMax: Int(countMax), in: use)
        }
    }

    /// A keyed collection keeps its key, a text, in slot 0.
    private func listType(
        of elements: DocumentNode, key: (Text, DocumentNode)?, countMax: Int, in use: RecordUse
    ) -> ValueType? {
        let record = record(elements, use == .data ? .dataElement : .element)
        var fields = record.type.fields
        if let (key, keyNode) = key {
            guard record.type.slot(key) == nil else {
                log.error(
                    at: keyNode, "the key '\(key)' is declared again under `of:`",
                    hint: "the key is a text; remove it there")
                return nil
            }
            fields.insert(RecordType.Field(name: key, type: .text, isOptional: false), at: 0)
        } else if case .mapping(let pairs) = elements.content, pairs.isEmpty {
            log.error(at: elements, "a list whose elements have no fields")
            return nil
        }
        return .list(of: RecordType(fields), countMax: countMax, keyed: key != nil)
    }
}
