import WaybillCore
import WaybillEngine
import WaybillStore

/// What an event says of stock and messages, read without knowing its workflow.
///
/// Acts of operators, which have a stream in the journal, say nothing of either: their fields mean something else,
/// whatever they are called.
struct EventSketch {
    var movements: [Movement] = []
    var messages: [EventBody.MessageTrace] = []
    /// Whether it made calls: some of its messages may be announcements of answers.
    var hasCalls = false

    /// - Parameter acts: the stream of acts; nil: the file has none.
    init(_ event: borrowing StoredEvent, besides acts: StreamNumber?) throws {
        let isAct = event.stream == acts
        try event.withBody { bytes in try read(bytes.assumingMemoryBound(to: UInt8.self), isAct) }
    }

    /// - Parameter acts: the stream of acts; nil: the file has none.
    init(_ event: EventRow, besides acts: StreamNumber?) throws {
        try event.body.withUnsafeBufferPointer { bytes in try read(bytes, event.stream == acts) }
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, _ isAct: Bool) throws(JSONProblem) {
        var sketch = self
        try EventFormats.current.read(bytes) { reader throws(JSONProblem) in
            try reader.members { key, reader throws(JSONProblem) in
                switch key {
                case _ where isAct: try reader.skipValue()
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

extension Engine {
    /// The stream of the acts of operators; nil: there are none.
    func streamOfActs() throws -> StreamNumber? {
        try store.read { rows in try rows.numberSetting(.auditStream) }.map { StreamNumber($0) }
    }
}
