import WaybillCore
import WaybillEngine
import WaybillStore

/// Whether a file's id is the one that its journal knows: as the seed of the chain, or by the event `$file`.
enum FileOriginCheck {
    static func findings(_ engine: Engine) throws -> [FileFinding] {
        let (id, seed, last) = try engine.store.read { rows in
            (try rows.textSetting(.fileID), try rows.chainSeed(), try rows.lastPlainID())
        }
        let known = try audited(engine)
        guard let id else {
            guard seed != 0 || known != nil || engine.lastPosition > last else { return [] }
            return [FileFinding("it has lost its id, by which its messages are told from those of other files")]
        }
        guard let file = FileID(id) else { return [FileFinding("its id is '\(id)', which is none")] }
        if let known {
            guard known.file == id, seed == 0 else {
                return [FileFinding("its id is \(id), and its journal says \(known.file)")]
            }
            guard known.last == last.number else {
                return [FileFinding("messages have ids without a digest up to event \(known.last), not \(last.number)")]
            }
            return []
        }
        guard seed == file.chainSeed, last.number == 0 else {
            return [FileFinding("its id is \(id), and its journal begins with that of another file")]
        }
        return []
    }

    /// What the event says by which an older file got its id.
    private static func audited(_ engine: Engine) throws -> (file: Text, last: Int64)? {
        var walk = PageWalk(after: 0, by: \EventView.version, limit: Engine.pageMax)
        while let page = try walk.next({ try engine.audits(after: $0, limit: $1) }) {
            for event in page where event.type == .fileEvent { return try origin(event) }
        }
        return nil
    }

    private static func origin(_ event: EventView) throws -> (file: Text, last: Int64) {
        var file: Text = ""
        var last: Int64 = 0
        try JSONReader.read(event.body) { reader throws(JSONProblem) in
            try reader.object { key, reader throws(JSONProblem) in
                switch key.string {
                case "file": file = try reader.text()
                case "last_plain_message_id": last = try reader.int()
                default: try reader.skipValue()
                }
            }
        }
        return (file, last)
    }
}
