import CSQLite

/// The limit of the benchmark of the flow: writes the rows that a shop with modules has written, with statements into
/// the same tables and indexes, and decides nothing.
///
/// Counted is each row that an order needs, once per change: its events, messages, timeout (in and out), idempotency
/// record, state (placed, paid), attributes and stock; of each module its rows, which are its effects, and its cursor,
/// once in a write. What the engine writes beyond that (leases of FIFO groups) is not in here, so it cannot be counted
/// as speed.
final class BareFlowLoop {
    private let source: BareConnection
    private let target: BareFile
    private let withModules: Bool

    /// What the loop came to.
    struct Result {
        var spent: Spent
        var orders: Int
        /// Rows that were inserted, changed or deleted.
        var rows: Int
    }

    init(source: ScratchFile, target file: ScratchFile, withModules: Bool) throws {
        self.source = try BareConnection(source.path, readOnly: true)
        self.withModules = withModules
        target = try BareFile(file)
        if withModules { try makeOwnTables() }
        for (select, sql) in FlowStep.before(withModules: withModules) {
            try target.copy(select, from: self.source, sql)
        }
    }

    /// Writes everything in about so many writes.
    func run(writes: Int) throws -> Result {
        let steps = FlowStep.ofOrders + (withModules ? FlowStep.ofModules : [])
        let orders = Int(try source.integer("SELECT count(*) FROM orders"))
        guard orders > 0 else { throw BenchmarkFailure("no order is in the file that the bare loop copies") }
        var rows: [BareRows] = []
        for step in steps {
            rows.append(try BareRows(step.select, from: source))
            guard let count = rows.last?.count, count >= orders / 5 else {
                throw BenchmarkFailure("the shop has written too few rows for '\(step.sql)'")
            }
        }
        let parts = try Dictionary(grouping: steps.indices) { steps[$0].write }.sorted { $0.key < $1.key }
            .map { try Part($0.key, $0.value, steps, source, target.connection) }
        let ordersPerWrite = max(1, orders * parts.count / max(1, writes))
        let before = sqlite3_total_changes64(target.connection.handle)
        let spent = try BareRows.withBinders(of: rows) { binders in
            let watch = ProcessorWatch()
            for begin in stride(from: 0, to: orders, by: ordersPerWrite) {
                let end = min(orders, begin + ordersPerWrite)
                for part in parts {
                    try target.write {
                        for (index, statement) in zip(part.steps, part.statements) {
                            // A step with more or fewer rows than orders has its share of them in every write.
                            let count = rows[index].count
                            for row in (begin * count / orders)..<(end * count / orders) {
                                binders[index].bind(row: row, to: statement)
                                try statement.run()
                            }
                        }
                        try part.cursor?.run()
                    }
                }
            }
            return watch.spent
        }
        let changes = sqlite3_total_changes64(target.connection.handle) - before
        try target.expect(FlowStep.after(withModules: withModules), asIn: source)
        return Result(spent: spent, orders: orders, rows: Int(changes))
    }

    /// What one kind of write does.
    private struct Part {
        let steps: [Int]
        let statements: [BareStatement]
        let cursor: BareStatement?

        init(
            _ write: FlowStep.Write, _ steps: [Int], _ all: [FlowStep], _ source: BareConnection,
            _ target: BareConnection
        ) throws {
            self.steps = steps
            statements = try steps.map { try target.prepare(all[$0].sql) }
            guard let (sql, select) = FlowStep.cursors[write] else {
                cursor = nil
                return
            }
            let cursor = try target.prepare(sql)
            try BareRows(select, from: source).withBinder { $0.bind(row: 0, to: cursor) }
            self.cursor = cursor
        }
    }

    private func makeOwnTables() throws {
        let statement = try source.prepare(FlowStep.ownTables)
        while sqlite3_step(statement.pointer) == SQLITE_ROW {
            guard let text = sqlite3_column_text(statement.pointer, 0) else { continue }
            try target.connection.execute(String(cString: text))
        }
    }
}
