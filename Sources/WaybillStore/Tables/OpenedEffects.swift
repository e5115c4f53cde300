import WaybillCore

/// From where on modules may have effects by messages that a look-back brings again: a row per group and stored queue,
/// and hardly any has one.
extension Transaction {
    /// Opens effects of a group in a stored queue from an offset on; nil shuts them.
    package func openEffects(
        of group: GroupNumber, in queue: StoredQueueNumber, from offset: Int64?
    ) throws(StoreFailure) {
        guard let offset else {
            let statement = try statement(
                "DELETE FROM waybill_opened_effects WHERE group_number = ?1 AND queue = ?2")
            statement.bind(1, group.number)
            statement.bind(2, queue.number)
            try statement.run()
            return
        }
        let statement = try statement(
            """
            INSERT INTO waybill_opened_effects (group_number, queue, from_offset, digest)
            VALUES (?1, ?2, ?3, row_digest(?1, ?2, ?3))
            ON CONFLICT (group_number, queue) DO UPDATE
            SET from_offset = excluded.from_offset, digest = excluded.digest
            """)
        statement.bind(1, group.number)
        statement.bind(2, queue.number)
        statement.bind(3, offset)
        try statement.run()
    }

    /// Takes away what a deleted group has opened; answers how many rows.
    func purgeOpenedEffects(of group: GroupNumber) throws(StoreFailure) -> Int {
        let statement = try statement("DELETE FROM waybill_opened_effects WHERE group_number = ?1")
        statement.bind(1, group.number)
        return try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    /// From which offset on effects of a group are open in a stored queue; nil: they are shut.
    package func effectsOpened(
        of group: GroupNumber, in queue: StoredQueueNumber
    ) throws(StoreFailure) -> Int64? {
        let statement = try query(
            "SELECT from_offset FROM waybill_opened_effects WHERE group_number = ?1 AND queue = ?2")
        statement.bind(1, group.number)
        statement.bind(2, queue.number)
        return try statement.first { columns in columns.integer(0) }
    }
}
