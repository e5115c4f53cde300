import WaybillCore
import WaybillStore

/// What an event says of stock and messages, read without knowing its workflow.
struct EventSketch {
    var movements: [Movement] = []
    var messages: [EventBody.MessageTrace] = []
    /// Whether it made calls: some of its messages may be announcements of answers.
    var hasCalls = false

    init(_ event: borrowing StoredEvent) throws {
        try event.withBody { bytes in try read(bytes.assumingMemoryBound(to: UInt8.self)) }
    }

    init(_ json: [UInt8]) throws {
        try json.withUnsafeBufferPointer { bytes in try read(bytes) }
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONProblem) {
        var sketch = self
        try EventFormats.current.read(bytes) { reader throws(JSONProblem) in
            try reader.members { key, reader throws(JSONProblem) in
                switch key {
                case "stock":
                    try reader.array { reader throws(JSONProblem) in
                        sketch.movements.append(try reader.movement())
                    }
                case "messages":
                    try reader.array { reader throws(JSONProblem) in
                        sketch.messages.append(try reader.messageTrace())
                    }
                case "called":
                    sketch.hasCalls = true
                    try reader.skipValue()
                default: try reader.skipValue()
                }
            }
        }
        self = sketch
    }
}
