import Yams

/// Reads YAML, and with it JSON, into a tree in which every node knows its place.
///
/// Refused, each with its place: more than one document, anchors, aliases, merge keys, tags, keys that are not texts,
/// duplicate keys. What is left is plain data without surprises: with the parser's basic resolver every scalar is a
/// text, so that the key `on` is no boolean and the country `NO` no `false`.
package struct DocumentReader {
    let log: FindingLog
    /// Duplicate keys that are told one by one; each costs a parse.
    private static let duplicatesMax = 16
    /// The parser gives up at duplicate keys and knows only the first one's place. So that it reads on, the first
    /// character of that key is replaced by one of the private use area. These are the places, and the keys as written.
    private var disguised: [Place: String] = [:]

    private init(log: FindingLog) { self.log = log }

    /// The root of the document, or nil when it cannot be read at all.
    package static func read(_ bytes: [UInt8], log: FindingLog) -> DocumentNode? {
        guard bytes.count <= WorkflowLimits.fileBytesMax else {
            log.error(at: .start, "\(bytes.count) bytes, more than \(WorkflowLimits.fileBytesMax)")
            return nil
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            log.error(at: .start, "the text is not UTF-8", hint: "save it as UTF-8")
            return nil
        }
        var hostile = HostileText(bytes)
        if let problem = hostile.firstProblem() {
            log.error(at: log.source.place(of: problem.index), problem.message, hint: problem.hint)
            return nil
        }
        var reader = DocumentReader(log: log)
        guard let root = reader.compose(bytes) else { return nil }
        return reader.node(root, at: .root, depth: 1)
    }

    /// Runs the YAML parser; with duplicate keys, again and again with one of them disguised.
    private mutating func compose(_ original: [UInt8]) -> Node? {
        // A byte order mark would count as a column.
        var bytes = original.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(original.dropFirst(3)) : original
        while true {
            do {
                let text = String(decoding: bytes, as: UTF8.self)
                let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
                if root == nil { log.error(at: .start, "the file is empty", hint: "start with `id:` and `version:`") }
                return root
            } catch let error as YamlError {
                guard case .duplicatedKeysInMapping(let keys, let context) = error else {
                    explain(error)
                    return nil
                }
                let place = Place(line: context.mark.line, column: context.mark.column)
                guard let next = disguise(keyAt: place, spelled: keys.first ?? "", in: bytes) else {
                    explain(error)
                    return nil
                }
                bytes = next
            } catch {
                log.error(at: .start, "the text cannot be read: \(error)")
                return nil
            }
        }
    }

    /// The text with the key's first character replaced; nil for a key where that cannot be done.
    private mutating func disguise(keyAt place: Place, spelled key: String, in bytes: [UInt8]) -> [UInt8]? {
        var index = SourceText(bytes).index(of: place)
        guard disguised.count < Self.duplicatesMax, disguised[place] == nil, index < bytes.count else { return nil }
        if bytes[index] == UInt8(ascii: "'") || bytes[index] == UInt8(ascii: "\"") { index += 1 }
        guard let first = key.utf8.first, index < bytes.count, bytes[index] == first else { return nil }
        var end = index + 1
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        // U+E000 and so on: in UTF-8, three bytes. Two keys that are disguised must differ.
        let disguise = [0xEE, 0x80, 0x80 + UInt8(disguised.count)]
        disguised[place] = key
        return Array(bytes[..<index]) + disguise + Array(bytes[end...])
    }

    // MARK: From the parser's tree to ours

    private func node(_ node: Node, at path: DocumentPath, depth: Int) -> DocumentNode {
        let place = node.mark.map { Place(line: $0.line, column: $0.column) } ?? .start
        guard depth <= WorkflowLimits.nestingMax else {
            log.error(at: place, path: path, "nested deeper than \(WorkflowLimits.nestingMax) levels")
            return DocumentNode(content: .sequence([]), place: place, path: path)
        }
        let content: DocumentNode.Content
        switch node {
        case .scalar(let scalar):
            let style = style(of: scalar)
            refuseTag(scalar.tag, unless: style == .plain ? [""] : ["", Tag.Name.str.rawValue], at: place, path)
            content = .scalar(DocumentNode.Scalar(text: scalar.string, style: style))
        case .sequence(let sequence):
            refuseTag(sequence.tag, unless: [""], at: place, path)
            content = .sequence(
                sequence.enumerated().map { self.node($1, at: .index($0, in: path), depth: depth + 1) })
        case .mapping(let mapping):
            refuseTag(mapping.tag, unless: ["", Tag.Name.map.rawValue], at: place, path)
            content = .mapping(pairs(of: mapping, at: path, depth: depth))
        case .alias:
            log.error(at: place, path: path, "an alias: anchors, aliases and merge keys are not allowed")
            content = .sequence([])
        }
        return DocumentNode(content: content, place: place, path: path)
    }

    private func pairs(of mapping: Node.Mapping, at path: DocumentPath, depth: Int) -> [DocumentNode.Pair] {
        var pairs: [DocumentNode.Pair] = []
        var firstPlaces: [String: Place] = [:]
        for (key, value) in mapping {
            let place = key.mark.map { Place(line: $0.line, column: $0.column) } ?? .start
            guard case .scalar(let scalar) = key else {
                log.error(at: place, path: path, "a key that is a list or a mapping", hint: "keys are single words")
                continue
            }
            // The parser has resolved the tags of keys already: plain ones are texts like all others.
            refuseTag(scalar.tag, unless: ["", Tag.Name.str.rawValue], at: place, path)
            let name = disguised[place] ?? scalar.string
            if name == "<<" {
                log.error(at: place, path: path, "a merge key (<<): anchors, aliases and merge keys are not allowed")
                continue
            }
            if let first = firstPlaces[name] {
                log.error(
                    at: place, path: .key(name, in: path),
                    "the key '\(name)' occurs again; the first is on line \(first.line)",
                    hint: "remove one")
                continue
            }
            firstPlaces[name] = place
            let below = DocumentPath.key(name, in: path)
            let keyNode = DocumentNode(
                content: .scalar(.init(text: name, style: style(of: scalar))), place: place, path: below)
            pairs.append(.init(key: keyNode, name: name, value: node(value, at: below, depth: depth + 1)))
        }
        return pairs
    }

    private func refuseTag(_ tag: Tag, unless allowed: [String], at place: Place, _ path: DocumentPath) {
        guard !allowed.contains(tag.rawValue) else { return }
        log.error(
            at: place, path: path, "a tag (\(tag.rawValue)): tags are not allowed",
            hint: "remove it; types are declared in `context:` and `data:`")
    }

    private func style(of scalar: Node.Scalar) -> DocumentNode.Scalar.Style {
        switch scalar.style {
        case .any, .plain: .plain
        case .singleQuoted: .singleQuoted
        case .doubleQuoted: .doubleQuoted
        case .literal, .folded: .block
        }
    }
}
