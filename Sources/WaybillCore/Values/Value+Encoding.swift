/// Values as JSON, in two forms.
///
/// - *named*: records are objects without their NULL fields. What callers send, and what an event keeps of it.
/// - *bare*: records are arrays in field order. What states and outcomes keep: shorter, and read without look-ups.
extension JSONWriter {
    /// Writes a record as an object.
    package mutating func named(_ values: [Value], as type: RecordType) {
        beginObject()
        for (field, value) in zip(type.fields, values) where value != .null {
            key(named: field.name)
            named(value, as: field.type)
        }
        endObject()
    }

    /// Writes one value of this type; records in it are objects.
    package mutating func named(_ value: Value, as type: ValueType) {
        switch (value, type) {
        case (.record(let values), .record(let record)):
            named(values, as: record)
        case (.list(let elements), .list(let record, _, _)):
            beginArray()
            for element in elements { named(element, as: .record(record)) }
            endArray()
        case (_, _):
            bare(value)
        }
    }

    /// Writes one value; records in it are arrays.
    package mutating func bare(_ value: Value) {
        switch value {
        case .null: null()
        case .bool(let flag): bool(flag)
        case .int(let number): int(number)
        case .text(let string): text(string)
        case .record(let values), .list(let values):
            beginArray()
            for value in values { bare(value) }
            endArray()
        }
    }
}

extension JSONReader {
    /// Reads a value in bare form, by its type. The form is written by this engine only, so a misfit is damage: it must
    /// not reach an expression, which relies on the types that were checked.
    package mutating func bare(_ type: ValueType) throws(JSONProblem) -> Value {
        let kind = try peek()
        if kind == .null {
            if case .list = type { throw misfit }
            guard takeNull() else { throw problem("expected null") }
            return .null
        }
        switch type {
        case .bool:
            guard kind == .bool else { throw misfit }
            return .bool(try bool())
        case .number:
            guard kind == .number else { throw misfit }
            return .int(try int())
        case .text:
            guard kind == .text else { throw misfit }
            return .text(try text())
        case .record(let record):
            guard kind == .array else { throw misfit }
            return .record(try bareRecord(record))
        case .list(let record, _, _):
            guard kind == .array else { throw misfit }
            var elements: [Value] = []
            try array { reader throws(JSONProblem) in elements.append(.record(try reader.bareRecord(record))) }
            return .list(elements)
        case .null: throw misfit
        }
    }

    private var misfit: JSONProblem { problem("the value does not fit its type") }

    /// Reads a record in bare form: exactly as many values as fields.
    package mutating func bareRecord(_ type: RecordType) throws(JSONProblem) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(type.fields.count)
        try array { reader throws(JSONProblem) in
            guard values.count < type.fields.count else { throw reader.problem("more values than fields") }
            values.append(try reader.bare(type.fields[values.count].type))
        }
        guard values.count == type.fields.count else { throw problem("fewer values than fields") }
        return values
    }
}
