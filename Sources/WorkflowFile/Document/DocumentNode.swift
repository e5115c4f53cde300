/// A place in the text: line and column from 1, the column counted in Unicode scalars.
struct Place: Hashable, Sendable {
    let line: Int
    let column: Int

    static let start = Place(line: 1, column: 1)
}

/// The keys and indices that lead to a node. Linked: texts of deep nodes would be long and are seldom asked for.
indirect enum DocumentPath: Sendable, CustomStringConvertible {
    case root
    case key(String, in: DocumentPath)
    case index(Int, in: DocumentPath)

    var description: String {
        switch self {
        case .root: return ""
        case .key(let key, let above):
            let prefix = above.description
            return prefix.isEmpty ? key : "\(prefix).\(key)"
        case .index(let index, let above): return "\(above)[\(index)]"
        }
    }
}

/// A value of the document, with the place where it stands.
struct DocumentNode: Sendable {
    let content: Content
    let place: Place
    let path: DocumentPath

    enum Content: Sendable {
        case scalar(Scalar)
        case sequence([DocumentNode])
        case mapping([Pair])
    }

    /// A text. The document knows no numbers and no booleans: what a text means is decided where it is used.
    struct Scalar: Sendable {
        let text: String
        let style: Style

        enum Style: Sendable { case plain, singleQuoted, doubleQuoted, block }
    }

    struct Pair: Sendable {
        /// A scalar.
        let key: DocumentNode
        let name: String
        let value: DocumentNode
    }

    /// The text of a scalar; nil for others.
    var text: String? {
        switch content {
        case .scalar(let scalar): scalar.text
        case .sequence, .mapping: nil
        }
    }

    /// Whether nothing was written: `received:` without a value.
    var isEmpty: Bool {
        switch content {
        case .scalar(let scalar): scalar.style == .plain && scalar.text.isEmpty
        case .sequence, .mapping: false
        }
    }

    /// The kind of the node in words, for messages.
    var phrase: String {
        switch content {
        case .scalar(let scalar): isEmpty ? "nothing" : "'\(scalar.text.prefix(40))'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
