import CSQLite

/// The limit of the benchmark of the broker: appends the rows of the messages that the engine has stored, in writes of
/// the same size.
final class BareMessageLoop {
    /// Rows in memory at a time; the clock stands still while they are read.
    private static let rowsInMemory: Int64 = 20_000

    private let source: BareConnection
    private let target: BareFile
    private let insert: BareStatement

    private static let columns =
        "SELECT place, event, ordinal, born_at, tag, key, message_group, properties, body, id, visible_at"
    private static let select = "\(columns) FROM message WHERE place BETWEEN ?1 AND ?2 ORDER BY place"

    init(source: ScratchFile, target file: ScratchFile) throws {
        self.source = try BareConnection(source.path, readOnly: true)
        target = try BareFile(file)
        insert = try target.connection.prepare(
            """
            INSERT INTO message (place, event, ordinal, born_at, tag, key, message_group, properties, body, id,
                visible_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """)
    }

    /// Writes everything, and answers what the writes took, and how many messages it were.
    func run(messagesPerWrite: Int) throws -> (spent: Spent, count: Int) {
        let last = try source.integer("SELECT coalesce(max(place), 0) FROM message")
        var from = try source.integer("SELECT coalesce(min(place), 1) FROM message")
        var spent = Spent()
        var count = 0
        while from <= last {
            let upTo = min(last, from + Self.rowsInMemory - 1)
            let rows = try BareRows(Self.select, from: source, binding: [from, upTo])
            spent += try write(rows, messagesPerWrite: messagesPerWrite)
            count += rows.count
            from = upTo + 1
        }
        try target.expect(["\(Self.columns) FROM message ORDER BY place"], asIn: source)
        return (spent, count)
    }

    private func write(_ rows: BareRows, messagesPerWrite: Int) throws -> Spent {
        try rows.withBinder { binder in
            let watch = ProcessorWatch()
            var next = 0
            while next < rows.count {
                let end = min(rows.count, next + messagesPerWrite)
                try target.write {
                    for row in next..<end {
                        binder.bind(row: row, to: insert)
                        try insert.run()
                    }
                }
                next = end
            }
            return watch.spent
        }
    }
}
