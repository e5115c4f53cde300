package import WaybillCore

extension JSONWriter {
    /// Writes a record as people would write it themselves: times and lengths of time as texts, not in milliseconds.
    package mutating func readable(_ values: [Value], as type: RecordType) {
        beginObject()
        for (field, value) in zip(type.fields, values) where value != .null {
            key(named: field.name)
            readable(value, as: field.type)
        }
        endObject()
    }

    /// Writes one value of this type in the same way.
    package mutating func readable(_ value: Value, as type: ValueType) {
        switch (value, type) {
        case (.record(let values), .record(let record)): readable(values, as: record)
        case (.list(let elements), .list(let record, _, _)):
            beginArray()
            for element in elements { readable(element, as: .record(record)) }
            endArray()
        case (.int, .number(.time)), (.int, .number(.duration)): text(value.readable(as: type))
        case (_, _): bare(value)
        }
    }
}

extension Value {
    /// The value as plain text, a time and a length of time as people write them.
    package func readable(as type: ValueType) -> Text {
        switch (self, type) {
        case (.int(let number), .number(.time)): Text(Moment(milliseconds: number).iso8601)
        case (.int(let number), .number(.duration)): Text(Interval(milliseconds: number).text)
        case (_, _): plainText
        }
    }
}

extension RecordType {
    /// The same JSON object for people. What does not fit the record is left as it is.
    package func readable(_ json: [UInt8]) -> [UInt8] {
        do throws(JSONProblem) {
            var writer = JSONWriter()
            writer.readable(try decode(stored: json), as: self)
            return writer.bytes
        } catch {
            return json
        }
    }
}
