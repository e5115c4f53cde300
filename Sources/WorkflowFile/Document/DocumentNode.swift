import WaybillCore

/// A place in the text: line and column from 1, the column counted in Unicode scalars.
package struct Place: Hashable, Sendable {
    package let line: Int
    package let column: Int

    package static let start = Place(line: 1, column: 1)

    /// The same for a workflow, which knows no documents.
    var inSource: SourcePlace { SourcePlace(line: line, column: column) }
}

/// The keys and indices that lead to a node. Linked: texts of deep nodes would be long and are seldom asked for.
package indirect enum DocumentPath: Sendable, CustomStringConvertible {
    case root
    case key(String, in: DocumentPath)
    case index(Int, in: DocumentPath)

    package var description: String {
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
package struct DocumentNode: Sendable {
    package let content: Content
    package let place: Place
    package let path: DocumentPath

    package enum Content: Sendable {
        case scalar(Scalar)
        case sequence([DocumentNode])
        case mapping([Pair])
    }

    /// A text. The document knows no numbers and no booleans: what a text means is decided where it is used.
    package struct Scalar: Sendable {
        package let text: String
        package let style: Style

        package enum Style: Sendable { case plain, singleQuoted, doubleQuoted, block }
    }

    package struct Pair: Sendable {
        /// A scalar.
        package let key: DocumentNode
        package let name: String
        package let value: DocumentNode
    }

    /// The text of a scalar; nil for others.
    package var text: String? {
        switch content {
        case .scalar(let scalar): scalar.text
        case .sequence, .mapping: nil
        }
    }

    /// Whether nothing was written: `received:` without a value.
    package var isEmpty: Bool {
        switch content {
        case .scalar(let scalar): scalar.style == .plain && scalar.text.isEmpty
        case .sequence, .mapping: false
        }
    }

    /// The kind of the node in words, for messages.
    package var phrase: String {
        switch content {
        case .scalar(let scalar): isEmpty ? "nothing" : "'\(scalar.text.prefix(40))'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
