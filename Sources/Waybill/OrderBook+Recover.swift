import Foundation
import WaybillBroker
import WaybillCore
import WaybillEngine
package import WaybillStore

extension OrderBook {
    /// Keeps of a file with a damaged log what is before the damage, and moves the log aside; an event `$recovered` of
    /// the journal says so. Nil: the log is not damaged.
    ///
    /// When it was interrupted after the log was moved, the next call writes the event.
    package static func recover(_ path: String, world: World = .system) throws -> Recovery? {
        let recovery = try Store.recover(path)
        let moved = try logsAside(of: path)
        guard recovery != nil || !moved.isEmpty else { return nil }
        let book = try OrderBook.open(path, workflows: [], world: .virtual(VirtualClock(start: world.now())))
        defer { book.close() }
        for log in moved where try !book.isAudited(log) {
            let lost = recovery.flatMap { $0.movedTo.hasSuffix("/" + log) ? $0 : nil }
            try book.engine.audit(AuditNote("$recovered", at: world.now(), body: body(log, lost)))
        }
        return recovery
    }

    /// The names of damaged logs beside a file.
    private static func logsAside(of path: String) throws -> [String] {
        let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        let prefix = url.lastPathComponent + "-wal.damaged-"
        return try FileManager.default.contentsOfDirectory(atPath: url.deletingLastPathComponent().path)
            .filter { $0.hasPrefix(prefix) }.sorted()
    }

    private func isAudited(_ log: String) throws -> Bool {
        var walk = PageWalk(after: 0, by: \EventView.version)
        while let page = try walk.next({ try engine.audits(after: $0, limit: $1) }) {
            for event in page where event.type == "$recovered" {
                if String(decoding: event.body, as: UTF8.self).contains("\"\(Self.jsonText(log))\"") { return true }
            }
        }
        return false
    }

    private static func body(_ log: String, _ recovery: Recovery?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("log")
        writer.text(Text(log))
        if let recovery {
            writer.key("lost_commits")
            writer.int(Int64(recovery.lostCommits))
        }
        if let last = recovery?.lastEvent {
            writer.key("last_event")
            writer.int(last)
        }
        writer.endObject()
        return writer.bytes
    }

    /// A name as it stands between the quotes of a JSON text.
    private static func jsonText(_ name: String) -> String {
        var writer = JSONWriter()
        writer.text(Text(name))
        return String(decoding: writer.bytes.dropFirst().dropLast(), as: UTF8.self)
    }
}
