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
        if let operation = Self.find(method, segments[...], from: root, &others) {
            return .found(operation, parameters: Self.parameters(of: operation.path, in: segments))
        }
        return others.isEmpty ? .nothing : .otherMethods(others)
    }

    /// - Parameter others: the methods of what the path leads to otherwise.
    private static func find(
        _ method: String, _ segments: ArraySlice<Text>, from node: Node, _ others: inout [Operation.Method]
    ) -> Operation? {
        guard let first = segments.first else {
            // HEAD is GET whose body is not sent.
            let operation = node.operations.first {
                $0.method.rawValue == method || ($0.method == .get && method == "HEAD")
            }
            if operation == nil { others += node.operations.map(\.method) }
            return operation
        }
        let rest = segments.dropFirst()
        if let next = node.literals[first.string], let found = find(method, rest, from: next, &others) { return found }
        // Nothing has an empty name.
        guard !first.isEmpty, let next = node.parameter.first else { return nil }
        return find(method, rest, from: next, &others)
    }

    private static func parameters(of path: PathTemplate, in segments: [Text]) -> [(name: String, value: Text)] {
        zip(path.segments, segments).compactMap { segment, value in
            if case .parameter(let name) = segment { (name, value) } else { nil }
        }
    }
}
