import CSQLite

/// The limit of firing: for every timeout that fired, deletes one of as many pending rows, inserts the event and the
/// message that followed and updates the order, in writes of as many as the engine takes in a round. Decides nothing.
final class BareTimeoutLoop {
    private static let timeoutsPerWrite = 64

    private let source: BareConnection
    private let target: BareFile

    private static let events = """
        position, stream, version, type, at, caller, key, cause, trace, lane, semantics, digest, body
        """
    private static let messages = "place, event, ordinal, born_at, tag, key, message_group, properties, body, id"
    private static let orders = "number, id, workflow, version, status, placed_at, lane, parent, root, state"

    init(source: ScratchFile, target file: ScratchFile) throws {
        self.source = try BareConnection(source.path, readOnly: true)
        target = try BareFile(file)
    }

    /// Answers how many it fires in a second.
    func run() throws -> Double {
        try prepare()
        let fired = "SELECT position FROM event WHERE type = '$timeout'"
        let tables = try [
            "SELECT 1, 1, stream, 'pay_due' FROM event WHERE type = '$timeout' ORDER BY position",
            "SELECT \(Self.events) FROM event WHERE type = '$timeout' ORDER BY position",
            "SELECT \(Self.messages) FROM message WHERE event IN (\(fired)) ORDER BY event",
            """
            SELECT o.number, o.workflow, o.version, o.status, o.state
            FROM event AS e JOIN orders AS o ON o.number = e.stream WHERE e.type = '$timeout' ORDER BY e.position
            """,
        ].map { try BareRows($0, from: source) }
        let count = tables[0].count
        guard tables.allSatisfy({ $0.count == count }), count > 0 else {
            throw BenchmarkFailure("the engine wrote another number of rows for a timeout than the bare loop expects")
        }
        let statements = try [
            "DELETE FROM timeout WHERE kind = ?1 AND due = ?2 AND owner = ?3 AND name = ?4",
            "INSERT INTO event (\(Self.events)) VALUES (\(Self.parameters(13)))",
            "INSERT INTO message (\(Self.messages)) VALUES (\(Self.parameters(10)))",
            "UPDATE orders SET workflow = ?2, version = ?3, status = ?4, state = ?5 WHERE number = ?1",
        ].map(target.connection.prepare)
        let seconds = try BareRows.withBinders(of: tables) { binders in
            let watch = Stopwatch()
            for first in stride(from: 0, to: count, by: Self.timeoutsPerWrite) {
                try target.write {
                    for row in first..<min(count, first + Self.timeoutsPerWrite) {
                        for (binder, statement) in zip(binders, statements) {
                            binder.bind(row: row, to: statement)
                            try statement.run()
                        }
                    }
                }
            }
            return watch.seconds
        }
        try target.expect(
            [
                "SELECT \(Self.events) FROM event WHERE type IN ('place', '$timeout') ORDER BY position",
                "SELECT \(Self.messages) FROM message WHERE event IN (\(fired)) ORDER BY event",
                """
                SELECT \(Self.orders) FROM orders
                WHERE number IN (SELECT stream FROM event WHERE type = '$timeout') ORDER BY number
                """,
                "SELECT kind, due, owner, name FROM timeout ORDER BY kind, due, owner, name",
            ], asIn: source)
        return Double(count) / seconds
    }

    /// The file as it was before the first of them fired: orders, their first events, all pending timeouts.
    private func prepare() throws {
        try target.copy(
            "SELECT kind, due, owner, name FROM timeout", from: source,
            "INSERT INTO timeout (kind, due, owner, name) VALUES (?, ?, ?, ?)")
        try target.copy(
            "SELECT 1, 1, stream, 'pay_due' FROM event WHERE type = '$timeout' ORDER BY stream", from: source,
            "INSERT INTO timeout (kind, due, owner, name) VALUES (?, ?, ?, ?)")
        try target.copy(
            """
            SELECT o.number, id, workflow, 1, 'awaiting payment', placed_at, o.lane, parent, root, state
            FROM event AS e JOIN orders AS o ON o.number = e.stream WHERE e.type = '$timeout' ORDER BY o.number
            """, from: source, "INSERT INTO orders (\(Self.orders)) VALUES (\(Self.parameters(10)))")
        try target.copy(
            "SELECT \(Self.events) FROM event WHERE type = 'place' ORDER BY position", from: source,
            "INSERT INTO event (\(Self.events)) VALUES (\(Self.parameters(13)))")
    }

    private static func parameters(_ count: Int) -> String {
        (1...count).map { "?\($0)" }.joined(separator: ", ")
    }
}
