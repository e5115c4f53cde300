/// The JSON text of an event of a stock's stream:
/// `{"format":...,"stock":[[kind, sku, location, quantity]],"counted":...,"expected":...,"place":...,"note":...}`.
package struct StockEventBody: Hashable, Sendable {
    package var movement: Movement
    /// What was asked, when it was a count; nil also for counts by an earlier release, which only wrote the movement.
    package var count: Count?
    /// Of units that were moved: the place where they went to, or came from.
    package var otherPlace: Location?
    package var note: Text?

    /// A count of free units: how many there were, and what the counter thought the book says.
    package struct Count: Hashable, Sendable {
        package var counted: Int64
        package var expected: Int64?

        package init(counted: Int64, expected: Int64?) {
            self.counted = counted
            self.expected = expected
        }
    }

    package init(movement: Movement, count: Count? = nil, otherPlace: Location? = nil, note: Text?) {
        self.movement = movement
        self.count = count
        self.otherPlace = otherPlace
        self.note = note
    }

    package func write(to writer: inout JSONWriter) {
        writer.beginEventBody()
        writer.key("stock")
        writer.beginArray()
        writer.movement(movement)
        writer.endArray()
        if let count {
            writer.key("counted")
            writer.int(count.counted)
            if let expected = count.expected {
                writer.key("expected")
                writer.int(expected)
            }
        }
        if let otherPlace {
            writer.key("place")
            writer.text(otherPlace.text)
        }
        if let note {
            writer.key("note")
            writer.text(note)
        }
        writer.endObject()
    }

    package init(_ json: [UInt8]) throws(JSONProblem) {
        var movement: Movement?
        var counted: Int64?
        var expected: Int64?
        var place: Text?
        var note: Text?
        try EventFormats.current.read(json) { reader throws(JSONProblem) in
            try reader.members { key, reader throws(JSONProblem) in
                switch key {
                case "stock":
                    try reader.array { reader throws(JSONProblem) in movement = try reader.movement() }
                case "format": try reader.skipValue()
                case "counted": counted = try reader.int()
                case "expected": expected = try reader.int()
                case "place": place = try reader.text()
                case "note": note = try reader.text()
                default: throw reader.problem("unknown key \(key)")
                }
            }
        }
        guard let movement else { throw JSONProblem(offset: 0, message: "a stock event without a movement") }
        self.init(
            movement: movement, count: counted.map { Count(counted: $0, expected: expected) },
            otherPlace: place.map { Location($0) }, note: note)
    }
}
