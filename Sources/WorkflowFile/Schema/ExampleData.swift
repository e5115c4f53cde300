package import WaybillCore

/// Data that a command would accept, made from its types: for people who see a workflow for the first time.
package struct ExampleData {
    private var writer = JSONWriter()
    /// Times given so far: each is a day later than the one before, as what opens comes before what closes.
    private var times = 0

    private init() {}

    /// `place={"shop":"shop","lines":[{"sku":"sku","qty":1}]}`
    package static func event(_ command: Workflow.CommandDefinition) -> String {
        "\(command.name)=\(String(decoding: json(command.data), as: UTF8.self))"
    }

    /// `{"shop":"shop","lines":[{"sku":"sku","qty":1}]}`
    package static func json(_ record: RecordType) -> [UInt8] {
        var example = ExampleData()
        example.write(record)
        return example.writer.bytes
    }

    private mutating func write(_ record: RecordType) {
        writer.beginObject()
        for field in record.fields where !field.isOptional {
            writer.key(named: field.name)
            write(field)
        }
        writer.endObject()
    }

    private mutating func write(_ field: RecordType.Field) {
        switch field.type {
        case .bool: writer.bool(true)
        case .text: writer.text(field.name)
        case .number(.plain), .number(.count): writer.int(1)
        case .number(.cents), .number(.signedCents): writer.int(100)
        case .number(.duration): writer.text("30m")
        case .number(.time):
            times += 1
            writer.text(Text(Moment(milliseconds: 1_767_261_600_000).advanced(by: .days(Int64(times))).iso8601))
        case .record(let record): write(record)
        case .list(let element, _, _):
            writer.beginArray()
            write(element)
            writer.endArray()
        case .null: writer.null()
        }
    }
}
