package import WaybillCore

/// The path of an operation, with names in braces for its parameters: `/v1/orders/{order}/commands/{command}`.
package struct PathTemplate: Hashable, Sendable, ExpressibleByStringLiteral {
    package let text: String
    let segments: [Segment]

    enum Segment: Hashable, Sendable {
        case literal(String)
        case parameter(String)
    }

    package init(stringLiteral text: String) {
        self.text = text
        segments = text.split(separator: "/").map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .parameter(String(segment.dropFirst().dropLast())) : .literal(String(segment))
        }
    }

    /// The names of its parameters, in order.
    package var parameters: [String] {
        segments.compactMap { segment in if case .parameter(let name) = segment { name } else { nil } }
    }

    /// The path with values for its parameters, in their order, percent-encoded.
    package func filled(with values: [Text]) -> String {
        var rest = values[...]
        return segments.reduce(into: "") { path, segment in
            switch segment {
            case .literal(let name): path += "/\(name)"
            case .parameter: path += "/\(rest.popFirst()?.asPathSegment ?? "")"
            }
        }
    }
}
