package import WaybillCore

/// What a job found and could not change.
package struct JobFailures: Hashable, Sendable {
    package private(set) var count: Int64 = 0
    /// The first of them, each with why.
    package private(set) var sample: [Failure] = []

    package init() {}

    /// Refusals of which a job keeps the words.
    private static let sampleMax = 20

    /// One thing that a job could not change.
    package struct Failure: Hashable, Sendable {
        /// An order, or a message.
        package let id: Text
        package let code: Text
        package let message: Text
    }

    mutating func add(_ id: Text, _ refusal: Refusal) {
        count += 1
        guard sample.count < Self.sampleMax else { return }
        sample.append(Failure(id: id, code: Text(refusal.code), message: Text(refusal.message)))
    }
}

// MARK: What a job row says

extension JobFailures {
    /// The text of a cursor: the number alone while nothing was refused; else
    /// `{"at":cursor,"failed":count,"sample":[[id,code,message]]}`.
    func text(at cursor: Int64) -> Text {
        guard count > 0 else { return Text("\(cursor)") }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("at")
        writer.int(cursor)
        writer.key("failed")
        writer.int(count)
        writer.key("sample")
        writer.beginArray()
        for failure in sample {
            writer.beginArray()
            writer.text(failure.id)
            writer.text(failure.code)
            writer.text(failure.message)
            writer.endArray()
        }
        writer.endArray()
        writer.endObject()
        return Text(String(decoding: writer.bytes, as: UTF8.self))
    }

    static func read(_ text: Text) throws(JSONProblem) -> (cursor: Int64, failures: JobFailures) {
        if let cursor = Int64(text.string) { return (cursor, JobFailures()) }
        var cursor: Int64 = 0
        var failures = JobFailures()
        try JSONReader.read(Array(text.string.utf8)) { reader throws(JSONProblem) in
            try reader.object { key, reader throws(JSONProblem) in
                switch key.string {
                case "at": cursor = try reader.int()
                case "failed": failures.count = try reader.int()
                case "sample":
                    try reader.array { reader throws(JSONProblem) in
                        try reader.beginArray()
                        let id = try reader.text()
                        try reader.comma()
                        let code = try reader.text()
                        try reader.comma()
                        failures.sample.append(Failure(id: id, code: code, message: try reader.text()))
                        try reader.endArray()
                    }
                default: throw reader.problem("unknown key \(key)")
                }
            }
        }
        return (cursor, failures)
    }
}
