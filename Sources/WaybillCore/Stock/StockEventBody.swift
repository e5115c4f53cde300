/// The JSON text of an event of a stock's stream: `{"stock":[[kind, sku, location, quantity]],"note":...}`.
package struct StockEventBody: Hashable, Sendable {
    package var movement: Movement
    package var note: Text?

    package init(movement: Movement, note: Text?) {
        self.movement = movement
        self.note = note
    }

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("stock")
        writer.beginArray()
        writer.movement(movement)
        writer.endArray()
        if let note {
            writer.key("note")
            writer.text(note)
        }
        writer.endObject()
    }

    package init(_ json: [UInt8]) throws(JSONProblem) {
        var movement: Movement?
        var note: Text?
        try JSONReader.read(json) { reader throws(JSONProblem) in
            try reader.object { key, reader throws(JSONProblem) in
                switch key.string {
                case "stock":
                    try reader.array { reader throws(JSONProblem) in movement = try reader.movement() }
                case "note": note = try reader.text()
                default: throw reader.problem("unknown key \(key)")
                }
            }
        }
        guard let movement else { throw JSONProblem(offset: 0, message: "a stock event without a movement") }
        self.init(movement: movement, note: note)
    }
}
