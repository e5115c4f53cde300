package import WaybillCore

/// The one hold of a file's timeouts.
extension Transaction {
    /// Holds timeouts, or changes who holds them and why.
    package func hold(_ hold: TimeoutHold) throws(StoreFailure) {
        let statement = try statement(
            """
            INSERT INTO waybill_timeout_hold (number, held_by, since, why, until, digest)
            VALUES (1, ?1, ?2, ?3, ?4, row_digest(1, ?1, ?2, ?3, ?4))
            ON CONFLICT (number) DO UPDATE
            SET held_by = excluded.held_by, since = excluded.since, why = excluded.why, until = excluded.until,
                digest = excluded.digest
            """)
        statement.bind(1, hold.heldBy)
        statement.bind(2, hold.since)
        statement.bind(3, hold.why)
        statement.bind(4, hold.until)
        try statement.run()
    }

    /// Lets timeouts fire again.
    package func releaseTimeouts() throws(StoreFailure) {
        try statement("DELETE FROM waybill_timeout_hold").run()
    }
}

extension TableReader where Self: ~Copyable {
    /// Who holds timeouts, and why; nil: they fire when they are due.
    package func timeoutHold() throws(StoreFailure) -> TimeoutHold? {
        let statement = try query("SELECT held_by, since, why, until FROM waybill_timeout_hold WHERE number = 1")
        return try statement.first { columns in
            TimeoutHold(
                heldBy: columns.text(0), since: columns.moment(1), why: columns.text(2),
                until: columns.optionalMoment(3))
        }
    }
}
