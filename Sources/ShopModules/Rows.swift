import Waybill

/// Values of a module's own rows, whose types its tables promise.
extension ModuleRow {
    func integer(_ column: String) throws -> Int64 {
        guard let value = self[column]?.asInteger else { throw ModuleProblem("the column \(column) is no integer") }
        return value
    }

    func text(_ column: String) throws -> String {
        guard let value = self[column]?.asText else { throw ModuleProblem("the column \(column) is no text") }
        return value
    }

    /// Nil: NULL.
    func optionalText(_ column: String) throws -> String? { self[column] == .null ? nil : try text(column) }
}

/// Why a module cannot take a message, or what is wrong with its rows.
struct ModuleProblem: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension JSON {
    /// The text of a field that must be there and not be empty.
    func text(of field: String, bytesMax: Int = 256) throws -> String {
        guard let text = self[field]?.asText, !text.isEmpty else {
            throw ModuleProblem("the message has no text '\(field)'")
        }
        guard text.utf8.count <= bytesMax else {
            throw ModuleProblem("'\(field)' has \(text.utf8.count) bytes, at most \(bytesMax) are allowed")
        }
        return text
    }

    /// The number of a field that must be there and lie in a range.
    func number(of field: String, in range: ClosedRange<Int64>) throws -> Int64 {
        guard let number = self[field]?.asInt else { throw ModuleProblem("the message has no number '\(field)'") }
        guard range.contains(number) else {
            throw ModuleProblem("'\(field)' is \(number), not \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
