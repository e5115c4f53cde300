import WaybillCore
import WaybillEngine

/// Makes a file of many orders in seconds: one is placed through the engine, and SQL copies its rows under new numbers.
///
/// The copies are orders like any other to whoever opens the file; only the digests of their events are those of the
/// first, and their stock is not reserved.
struct OrderMultiplier {
    private static let ordersPerWrite = 5_000

    private let file: ScratchFile

    init(_ file: ScratchFile, _ traffic: OrderTraffic) async throws {
        self.file = file
        let bench = try BenchEngine(file)
        try bench.stock(traffic)
        try await bench.submit(traffic.place(0))
        bench.close()
    }

    func multiply(to count: Int) throws {
        let connection = try BareConnection(file.path)
        // What is being made is worth nothing until it is done. The cache is small, because the memory of this process
        // is measured afterwards, and what it once held it does not give back.
        try connection.execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -2048;")
        for first in stride(from: 1, to: count, by: Self.ordersPerWrite) {
            let last = min(count - 1, first + Self.ordersPerWrite - 1)
            try connection.execute("BEGIN IMMEDIATE")
            for insert in Self.inserts { try connection.execute("\(Self.numbers(first, last)) \(insert)") }
            try connection.execute("COMMIT")
        }
    }

    /// The numbers from `first` to `last`, and the rows of the first order.
    private static func numbers(_ first: Int, _ last: Int) -> String {
        """
        WITH RECURSIVE
            counted (i) AS (SELECT \(first) UNION ALL SELECT i + 1 FROM counted WHERE i < \(last)),
            o AS MATERIALIZED (SELECT * FROM orders ORDER BY number LIMIT 1),
            e AS MATERIALIZED (SELECT * FROM event WHERE position = (SELECT number FROM o)),
            m AS MATERIALIZED (SELECT * FROM message WHERE event = (SELECT number FROM o)),
            k AS MATERIALIZED (SELECT * FROM command WHERE stream = (SELECT number FROM o)),
            t AS MATERIALIZED (SELECT * FROM timeout WHERE owner = (SELECT number FROM o)),
            a AS MATERIALIZED (SELECT * FROM order_attribute WHERE number = (SELECT number FROM o))
        """
    }

    /// Each order has one row in each table, and order `i` the number `i` after the first.
    private static let inserts = [
        """
        INSERT INTO event (position, stream, version, type, at, caller, key, lane, semantics, digest, body)
        SELECT position + i, stream + i, version, type, at, caller, printf('%016x', i), lane, semantics, digest, body
        FROM counted, e
        """,
        """
        INSERT INTO message (place, event, ordinal, born_at, tag, key, message_group, properties, body, id)
        SELECT place + i, event + i, ordinal, born_at, tag, key, message_group, properties, body, id FROM counted, m
        """,
        """
        INSERT INTO command (generation, shelf, caller, key, fingerprint, stream, version)
        SELECT generation, i >> 16, caller, printf('%016x', i), fingerprint, stream + i, version FROM counted, k
        """,
        "INSERT OR IGNORE INTO command_shelf (generation, shelf) SELECT DISTINCT generation, i >> 16 FROM counted, k",
        "INSERT INTO timeout (kind, due, owner, name) SELECT kind, due + i, owner + i, name FROM counted, t",
        """
        INSERT INTO order_attribute (shelf, name, value, number)
        SELECT (number + i) >> 17, name, value, number + i FROM counted, a
        """,
        """
        INSERT INTO orders (number, id, workflow, version, status, placed_at, lane, state)
        SELECT number + i, printf('copy-%09d', i), workflow, version, status, placed_at, lane, state FROM counted, o
        """,
        "UPDATE waybill_order_count SET orders = orders + (SELECT count(*) FROM counted)",
    ]
}
