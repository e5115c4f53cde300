import WaybillCore

/// A way that a command may take, as JSON.
extension JSONWriter {
    mutating func way(_ way: OrderWay) {
        beginObject()
        member("state", way.state)
        member("target", ifAny: way.target)
        member("guard", ifAny: way.guarding)
        member("because", ifAny: way.because)
        member("outlook", Text(way.outlook.rawValue))
        members("reads", way.reads) { writer, reading in
            writer.beginObject()
            writer.member("name", reading.name)
            writer.member("value", reading.value)
            writer.endObject()
        }
        members("obstacles", way.obstacles) { writer, part in
            writer.beginObject()
            writer.member("text", Text(part.text))
            writer.member("finding", Text(part.finding))
            writer.endObject()
        }
        endObject()
    }
}
