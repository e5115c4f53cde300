/// A value that goes into or comes out of a module's own rows.
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(nilLiteral: ()) { self = .null }
}

extension SQLValue {
    /// The whole number, or nil when it is something else.
    public var asInteger: Int64? { if case .integer(let number) = self { number } else { nil } }

    /// The text, or nil when it is something else.
    public var asText: String? { if case .text(let text) = self { text } else { nil } }
}

/// One row of a module's query.
public struct ModuleRow: Hashable, Sendable {
    /// The names of the columns, in the order of the query.
    public let columns: [String]
    public let values: [SQLValue]

    /// The value of the first column of this name, or nil if there is none.
    public subscript(_ column: String) -> SQLValue? {
        columns.firstIndex(of: column).map { values[$0] }
    }
}
