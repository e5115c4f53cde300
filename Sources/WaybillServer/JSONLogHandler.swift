package import Logging
import WaybillAPI
package import WaybillCore

/// Writes one JSON object for each event of a log, on one line: no text from outside can begin another.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel = Logger.Level.info
    private let now: @Sendable () -> Moment
    private let write: @Sendable ([UInt8]) -> Void

    /// What a line may have of a message or of a text of its metadata; the rest is cut off.
    private static let textBytesMax = 4_096
    private static let reserved: Set<String> = ["time", "level", "message"]

    /// - Parameter write: gets each line with its end.
    package init(now: @escaping @Sendable () -> Moment, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.now = now
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.member("time", now())
        writer.member("level", Text(event.level.rawValue))
        writer.member("message", Self.cut("\(event.message)"))
        if let error = event.error { writer.member("error", Self.cut("\(error)")) }
        let all = metadata.merging(event.metadata ?? [:]) { _, own in own }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) where !Self.reserved.contains(key) {
            writer.key(named: Text(key))
            writer.value(value)
        }
        writer.endObject()
        write(writer.bytes + [UInt8(ascii: "\n")])
    }

    /// The text up to the last whole scalar that a line may have of it.
    fileprivate static func cut(_ text: String) -> Text {
        guard text.utf8.count > textBytesMax else { return Text(text) }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: textBytesMax)
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return Text(String(text.unicodeScalars[..<end]))
    }
}

extension JSONWriter {
    fileprivate mutating func value(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let string): text(JSONLogHandler.cut(string))
        case .stringConvertible(let number as Int): int(Int64(number))
        case .stringConvertible(let other): text(JSONLogHandler.cut("\(other)"))
        case .array(let values):
            beginArray()
            for one in values { self.value(one) }
            endArray()
        case .dictionary(let values):
            beginObject()
            for (key, one) in values.sorted(by: { $0.key < $1.key }) {
                self.key(named: Text(key))
                self.value(one)
            }
            endObject()
        }
    }
}
