package import WaybillCore

/// The data of commands as JSON Schema, in the words of OpenAPI 3.1.
extension JSONWriter {
    /// The form of a record.
    package mutating func dataSchema(of record: RecordType) {
        beginObject()
        word("type", "object")
        key("properties")
        beginObject()
        for field in record.fields {
            key(named: field.name)
            if field.isOptional { optional(field.type) } else { schema(of: field.type) }
        }
        endObject()
        let required = record.fields.filter { !$0.isOptional }
        if !required.isEmpty {
            key("required")
            beginArray()
            for field in required { text(field.name) }
            endArray()
        }
        key("additionalProperties")
        bool(false)
        endObject()
    }

    /// A field that may be left out, or be null.
    private mutating func optional(_ type: ValueType) {
        beginObject()
        key("anyOf")
        beginArray()
        schema(of: type)
        beginObject()
        word("type", "null")
        endObject()
        endArray()
        endObject()
    }

    private mutating func schema(of type: ValueType) {
        if case .record(let record) = type { return dataSchema(of: record) }
        beginObject()
        switch type {
        case .bool: word("type", "boolean")
        case .text:
            word("type", "string")
            number("maxLength", Int64(DataLimits.textBytesMax))
        case .number(let unit): number(in: unit)
        case .list(let element, let countMax, _):
            word("type", "array")
            number("maxItems", Int64(countMax))
            key("items")
            dataSchema(of: element)
        case .null: word("type", "null")
        case .record: break
        }
        endObject()
    }

    private mutating func number(in unit: ValueType.Unit) {
        switch unit {
        case .count, .cents:
            word("type", "integer")
            number("minimum", 0)
        case .signedCents, .plain: word("type", "integer")
        case .duration:
            types("string", "integer")
            word("description", "30m, or milliseconds")
        case .time:
            types("string", "integer")
            word("description", "RFC 3339, or milliseconds since 1970")
        }
    }

    private mutating func types(_ first: Text, _ second: Text) {
        key("type")
        beginArray()
        text(first)
        text(second)
        endArray()
    }

    private mutating func word(_ name: StaticString, _ value: Text) {
        key(name)
        text(value)
    }

    private mutating func number(_ name: StaticString, _ value: Int64) {
        key(name)
        int(value)
    }
}
