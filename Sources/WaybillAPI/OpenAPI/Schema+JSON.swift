import WaybillCore

/// Forms of values as JSON Schema, as OpenAPI 3.1 has it.
extension JSONWriter {
    /// - Parameter isClosed: whether it is of a request: other fields than those named are refused, null stands for
    ///   what is left out, and a time may be a number. Answers may get more fields later.
    mutating func schema(_ schema: Schema, isClosed: Bool) {
        switch schema {
        case .nullable(let schema):
            beginObject()
            key("anyOf")
            beginArray()
            self.schema(schema, isClosed: isClosed)
            beginObject()
            member("type", "null")
            endObject()
            endArray()
            endObject()
        case .anyOf(let schemas):
            beginObject()
            key("anyOf")
            beginArray()
            for schema in schemas { self.schema(schema, isClosed: isClosed) }
            endArray()
            endObject()
        case .named(let name):
            beginObject()
            member("$ref", Text("#/components/schemas/\(name)"))
            endObject()
        case .text, .integer, .boolean, .time, .duration, .word, .array, .object, .map, .anyObject, .any:
            beginObject()
            plain(schema, isClosed: isClosed)
            endObject()
        }
    }

    /// The members of a schema that is no reference.
    private mutating func plain(_ schema: Schema, isClosed: Bool) {
        switch schema {
        case .text(let bytesMax):
            member("type", "string")
            if bytesMax < .max { member("maxLength", Int64(bytesMax)) }
        case .integer(let range):
            member("type", "integer")
            member("minimum", max(range.lowerBound, Schema.safeIntegers.lowerBound))
            member("maximum", min(range.upperBound, Schema.safeIntegers.upperBound))
        case .boolean: member("type", "boolean")
        case .time where isClosed:
            members("type", ["string", "integer"]) { $0.text($1) }
            member("format", "date-time")
        case .time:
            member("type", "string")
            member("format", "date-time")
        case .duration:
            members("type", ["string", "integer"]) { $0.text($1) }
        case .word(let words):
            member("type", "string")
            members("enum", words) { $0.text(Text($1)) }
        case .array(let element, let countMax):
            member("type", "array")
            member("maxItems", Int64(countMax))
            key("items")
            self.schema(element, isClosed: isClosed)
        case .object(let fields): object(fields, isClosed: isClosed)
        case .map(let value):
            member("type", "object")
            key("additionalProperties")
            self.schema(value, isClosed: isClosed)
        case .anyObject: member("type", "object")
        case .any, .named, .nullable, .anyOf: break
        }
    }

    private mutating func object(_ fields: [Field], isClosed: Bool) {
        member("type", "object")
        key("properties")
        beginObject()
        for field in fields {
            key(named: Text(field.name))
            beginObject()
            if !field.summary.isEmpty { member("description", Text(field.summary)) }
            key("allOf")
            beginArray()
            schema(isClosed && !field.isRequired ? .nullable(field.schema) : field.schema, isClosed: isClosed)
            endArray()
            endObject()
        }
        endObject()
        let required = fields.filter(\.isRequired)
        if !required.isEmpty { members("required", required) { $0.text(Text($1.name)) } }
        if isClosed { member("additionalProperties", false) }
    }
}
