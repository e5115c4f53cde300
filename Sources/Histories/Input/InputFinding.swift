/// What is wrong with an input file, and where.
package struct InputFinding: Error, Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// Counted from 1; nil: the file as a whole.
    package var line: Int?
    /// The byte of the line, counted from 1; nil: the line as a whole.
    package var column: Int?
    package var kind: Kind
    package var message: String

    /// The kinds of damage that a program may want to tell apart.
    package enum Kind: String, Sendable, CaseIterable {
        /// The file is missing, or the disk fails.
        case unreadable
        /// The compressed data is corrupt or cut short, or unpacks to more than is allowed.
        case compression
        /// A line, a field or a number of fields beyond its bound.
        case limit
        /// A quote where none may be, or one that is never closed. Nothing after it can be understood.
        case quoting
        /// No text in UTF-8 at all: a NUL byte, or UTF-16.
        case binary
        /// Bytes that are not UTF-8.
        case encoding
        /// Too few or too many columns, or a column that is not there.
        case columns
        /// A cell or field that is no number, no time, no known word.
        case value
        /// An id that came before.
        case duplicate
        /// A row that belongs to no order.
        case orphan
        /// A line that is earlier than the one before it.
        case order
    }

    package init(_ kind: Kind, file: String, line: Int? = nil, column: Int? = nil, _ message: String) {
        self.kind = kind
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    package var description: String {
        let place = [line.map { "line \($0)" }, column.map { "column \($0)" }].compactMap(\.self)
        return "\(([file] + place).joined(separator: ", ")): \(message)"
    }

    /// Whether what follows in the same file cannot be read any more.
    package var endsTheFile: Bool {
        switch kind {
        case .unreadable, .compression, .limit, .quoting, .binary: true
        case .encoding, .columns, .value, .duplicate, .orphan, .order: false
        }
    }
}

/// Everything that is wrong with an input: then nothing of it is taken in.
package struct InputFindings: Error, Sendable, CustomStringConvertible {
    /// The first ones, in the order of the files.
    package private(set) var first: [InputFinding] = []
    package private(set) var count = 0

    package init() {}

    package mutating func add(_ finding: InputFinding) {
        count += 1
        if first.count < InputLimits.findingsMax { first.append(finding) }
    }

    package var isEmpty: Bool { count == 0 }

    /// The first findings, one a line, and how many more there are.
    package var lines: [String] {
        first.map(\.description) + (count > first.count ? ["... and \(count - first.count) more"] : [])
    }

    package var description: String { lines.joined(separator: "\n") }
}

/// Bounds on input files.
package struct InputLimits: Sendable {
    /// Findings that are kept with their place; the rest is counted.
    package static let findingsMax = 100
    /// Bytes of one record or line.
    package var recordBytesMax = 1 << 20
    package var fieldsMax = 256
    /// Bytes of one file, after unpacking.
    package var fileBytesMax = 16 << 30
    /// How many bytes one compressed byte may become, on the average of a file.
    package var unpackingRatioMax = 250

    package init() {}
}
