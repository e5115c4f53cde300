import Foundation
package import Logging
import Synchronization
import WaybillAPI
package import WaybillCore

/// Writes one JSON object for each event of a log, on one line: no text from outside can begin another.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel = Logger.Level.info
    private let now: @Sendable () -> Moment
    private let write: @Sendable ([UInt8]) -> Void

    /// What a line may have of a message; the rest is cut off.
    private static let messageBytesMax = 4_096
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

    private static func cut(_ message: String) -> Text {
        Text(message.utf8.count <= messageBytesMax ? message : String(message.prefix(messageBytesMax / 4)))
    }

    private static let lines = Mutex(())

    /// One line after the other.
    static func writeToStandardError(_ line: [UInt8]) {
        lines.withLock { _ in
            // What cannot be said is lost: a log must not stop a server.
            do { try FileHandle.standardError.write(contentsOf: Data(line)) } catch {}
        }
    }
}

extension JSONWriter {
    fileprivate mutating func value(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let string): text(Text(string))
        case .stringConvertible(let number as Int): int(Int64(number))
        case .stringConvertible(let other): text(Text("\(other)"))
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
