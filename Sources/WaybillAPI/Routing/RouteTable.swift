import WaybillCore

/// Finds the operation of a path. A literal segment goes before a parameter, as far as it leads anywhere.
struct RouteTable: Sendable {
    private struct Node {
        var literals: [String: Node] = [:]
        /// What a parameter leads to; its name is that of each operation's template.
        var parameter: [Node] = []
        var operations: [Operation] = []
    }

    private var root = Node()

    init(_ operations: [Operation]) {
        for operation in operations { Self.insert(operation, operation.path.segments[...], into: &root) }
    }

    private static func insert(
        _ operation: Operation, _ segments: ArraySlice<PathTemplate.Segment>, into node: inout Node
    ) {
        switch segments.first {
        case nil: node.operations.append(operation)
        case .literal(let name): insert(operation, segments.dropFirst(), into: &node.literals[name, default: Node()])
        case .parameter:
            if node.parameter.isEmpty { node.parameter.append(Node()) }
            insert(operation, segments.dropFirst(), into: &node.parameter[0])
        }
    }

    /// What a path leads to.
    enum Match {
        case found(Operation, parameters: [(name: String, value: Text)])
        /// Only with these methods.
        case otherMethods([Operation.Method])
        case nothing
    }

    /// - Parameter segments: decoded.
    func match(_ method: String, _ segments: [Text]) -> Match {
        var others: [Operation.Method] = []
        for node in Self.nodes(segments[...], from: root) {
            // HEAD is GET whose body is not sent.
            if let operation = node.operations.first(where: {
                $0.method.rawValue == method || ($0.method == .get && method == "HEAD")
            }) {
                return .found(operation, parameters: Self.parameters(of: operation.path, in: segments))
            }
            others += node.operations.map(\.method)
        }
        return others.isEmpty ? .nothing : .otherMethods(others)
    }

    private static func nodes(_ segments: ArraySlice<Text>, from node: Node) -> [Node] {
        guard let first = segments.first else { return node.operations.isEmpty ? [] : [node] }
        let literal = node.literals[first.string].map { nodes(segments.dropFirst(), from: $0) } ?? []
        // Nothing has an empty name.
        guard !first.isEmpty else { return literal }
        return literal + node.parameter.flatMap { nodes(segments.dropFirst(), from: $0) }
    }

    private static func parameters(of path: PathTemplate, in segments: [Text]) -> [(name: String, value: Text)] {
        zip(path.segments, segments).compactMap { segment, value in
            if case .parameter(let name) = segment { (name, value) } else { nil }
        }
    }
}
