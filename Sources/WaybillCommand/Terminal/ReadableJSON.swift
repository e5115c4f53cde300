import WaybillCore

/// JSON for people: a container that fits its line stays on it, any other gets one line per element.
struct ReadableJSON {
    private let columns: Int
    private static let indent = "  "

    /// - Parameter columns: how wide a line may become.
    init(columns: Int) { self.columns = columns }

    /// The lines of one value, harmless for a terminal.
    func lines(_ json: [UInt8]) throws(JSONProblem) -> [String] {
        // Refuses what is nested too deep for the recursion below.
        try JSONReader.read(json) { reader throws(JSONProblem) in try reader.skipValue() }
        return try lines(json, prefix: "", indent: "")
    }

    private func lines(_ json: [UInt8], prefix: String, indent: String) throws(JSONProblem) -> [String] {
        let line = indent + prefix + (try JSONReader.read(json, Self.spaced)).printable
        if line.columns <= columns { return [line] }
        return try JSONReader.read(json) { reader throws(JSONProblem) in
            switch try reader.peek() {
            case .object: try object(&reader, prefix: prefix, indent: indent)
            case .array: try array(&reader, prefix: prefix, indent: indent)
            case .text, .number, .bool, .null:
                try scalar(&reader, line)
            }
        }
    }

    /// A value on one line, with a space after commas and colons.
    private static func spaced(_ reader: inout JSONReader) throws(JSONProblem) -> String {
        var parts: [String] = []
        switch try reader.peek() {
        case .object:
            try reader.object { key, reader throws(JSONProblem) in
                parts.append("\(quoted(key)): \(try spaced(&reader))")
            }
            return "{\(parts.joined(separator: ", "))}"
        case .array:
            try reader.array { reader throws(JSONProblem) in parts.append(try spaced(&reader)) }
            return "[\(parts.joined(separator: ", "))]"
        case .text, .number, .bool, .null:
            return String(decoding: try reader.rawValue(), as: UTF8.self)
        }
    }

    private static func quoted(_ key: Text) -> String {
        var writer = JSONWriter()
        writer.text(key)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func scalar(_ reader: inout JSONReader, _ line: String) throws(JSONProblem) -> [String] {
        try reader.skipValue()
        return [line]
    }

    private func object(
        _ reader: inout JSONReader, prefix: String, indent: String
    ) throws(JSONProblem) -> [String] {
        var body = Lines(columns: columns, indent: indent + Self.indent)
        try reader.object { key, reader throws(JSONProblem) in
            let value = try reader.rawValue()
            body.add(try lines(value, prefix: "\(Self.quoted(key).printable): ", indent: indent + Self.indent))
        }
        return [indent + prefix + "{"] + body.lines + [indent + "}"]
    }

    private func array(_ reader: inout JSONReader, prefix: String, indent: String) throws(JSONProblem) -> [String] {
        var body = Lines(columns: columns, indent: indent + Self.indent)
        try reader.array { reader throws(JSONProblem) in
            let value = try reader.rawValue()
            body.add(try lines(value, prefix: "", indent: indent + Self.indent))
        }
        return [indent + prefix + "["] + body.lines + [indent + "]"]
    }

    /// The elements of a container, as many short ones on a line as it takes.
    private struct Lines {
        let columns: Int
        let indent: String
        private(set) var lines: [String] = []
        /// Whether the last line may take another element.
        private var isOpen = false

        init(columns: Int, indent: String) {
            self.columns = columns
            self.indent = indent
        }

        mutating func add(_ element: [String]) {
            if !lines.isEmpty { lines[lines.count - 1] += "," }
            // Records are compared better one below the other.
            let isShort = element.count == 1 && !element[0].hasSuffix("}") && !element[0].hasSuffix("]")
            if isShort, isOpen, let last = lines.last, let only = element.first {
                let joined = last + " " + only.dropFirst(indent.count)
                // One column is kept for the comma that may follow.
                if joined.columns < columns {
                    lines[lines.count - 1] = joined
                    return
                }
            }
            lines += element
            isOpen = isShort
        }
    }
}
