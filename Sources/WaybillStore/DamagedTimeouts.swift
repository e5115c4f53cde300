package import WaybillCore

/// Due timeouts whose rows cannot be named by what is read of them: a disk has changed the type of a column, or the
/// bytes of a name. The statements that delete a timeout do not find such a row, so it would be due for ever.
extension Transaction {
    /// Parks them, a limited number of a kind that are due, where they are shown; verify names them.
    package func parkDamagedTimeouts(_ kind: TimeoutKind, upTo now: Moment, limit: Int) throws(StoreFailure) {
        for row in try damagedTimeouts(kind, upTo: now, limit: limit) {
            connection.timeouts.forget(kind)
            let deletion = try statement(
                """
                DELETE FROM timeout
                WHERE kind = ?1 AND due <= ?2 AND hex(due) = ?3 AND hex(owner) = ?4 AND hex(name) = ?5
                """)
            bind(row, of: kind, upTo: now, to: deletion)
            try deletion.run()
            let insertion = try statement(
                """
                INSERT OR IGNORE INTO timeout_retry (kind, due, owner, name, attempt, retry_at, error, digest)
                VALUES (?1, ?2, ?3, ?4, 1, NULL, ?5, row_digest(?1, ?2, ?3, ?4, 1, NULL, ?5, NULL))
                """)
            insertion.bind(row.key)
            insertion.bind(5, Text("its row is damaged"))
            try insertion.run()
        }
        for row in try damagedRetries(kind, upTo: now, limit: limit) {
            let statement = try statement(
                """
                UPDATE timeout_retry SET retry_at = NULL
                WHERE kind = ?1 AND retry_at <= ?2 AND hex(due) = ?3 AND hex(owner) = ?4 AND hex(name) = ?5
                """)
            bind(row, of: kind, upTo: now, to: statement)
            try statement.run()
        }
    }

    /// A row by the bytes of its key.
    private struct DamagedRow {
        var key: TimeoutKey
        var bytes: [Text]
    }

    private func damagedTimeouts(
        _ kind: TimeoutKind, upTo now: Moment, limit: Int
    ) throws(StoreFailure) -> [DamagedRow] {
        let statement = try statement(
            """
            SELECT due, owner, name, hex(due), hex(owner), hex(name) FROM timeout WHERE kind = ?1 AND due <= ?2
            ORDER BY due, owner, name LIMIT ?3
            """)
        return try damagedRows(of: statement, kind, upTo: now, limit: limit)
    }

    private func damagedRetries(
        _ kind: TimeoutKind, upTo now: Moment, limit: Int
    ) throws(StoreFailure) -> [DamagedRow] {
        let statement = try statement(
            """
            SELECT due, owner, name, hex(due), hex(owner), hex(name) FROM timeout_retry
            WHERE kind = ?1 AND retry_at <= ?2 ORDER BY retry_at LIMIT ?3
            """)
        return try damagedRows(of: statement, kind, upTo: now, limit: limit)
    }

    private func damagedRows(
        of statement: Statement, _ kind: TimeoutKind, upTo now: Moment, limit: Int
    ) throws(StoreFailure) -> [DamagedRow] {
        statement.bind(1, kind.rawValue)
        statement.bind(2, now)
        statement.bind(3, Int64(limit))
        return try statement.all { columns -> DamagedRow? in
            guard !columns.isTimeoutKey else { return nil }
            let key = TimeoutKey(
                kind: kind, due: columns.moment(0), owner: columns.integer(1), name: columns.text(2))
            return DamagedRow(key: key, bytes: [columns.text(3), columns.text(4), columns.text(5)])
        }.compactMap(\.self)
    }

    private func bind(_ row: DamagedRow, of kind: TimeoutKind, upTo now: Moment, to statement: Statement) {
        statement.bind(1, kind.rawValue)
        statement.bind(2, now)
        for (index, bytes) in row.bytes.enumerated() { statement.bind(Int32(3 + index), bytes) }
    }
}

extension Columns {
    /// Whether the first three columns, due time, owner and name, name the row that they are read of.
    var isTimeoutKey: Bool { isInteger(0) && isInteger(1) && isExactText(2) }
}
