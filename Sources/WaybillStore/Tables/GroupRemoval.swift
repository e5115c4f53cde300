import WaybillCore

/// Taking away what a deleted group has left, a few rows per write.
extension Transaction {
    /// Deletes at most `limit` rows of a group and answers how many: 0 when nothing is left.
    package func purgeGroup(_ group: GroupNumber, limit: Int = 500) throws(StoreFailure) -> Int {
        let redeliveries = try dropRedeliveries(of: group, limit: limit)
        if redeliveries > 0 { return redeliveries }
        let effects = try purgeEffects(of: group, limit: limit)
        if effects > 0 { return effects }
        let leases = try purgeLeases(of: group, limit: limit)
        if leases > 0 { return leases }
        let filters = try purgeFilters(of: group, limit: limit)
        if filters > 0 { return filters }
        let cursors = try purgeCursors(of: group, limit: limit)
        return cursors > 0 ? cursors : try purgeOpenedEffects(of: group)
    }

    private func purgeEffects(of group: GroupNumber, limit: Int) throws(StoreFailure) -> Int {
        try purge(
            group, limit,
            statement(
                """
                DELETE FROM effect WHERE (group_number, message_id, name) IN (
                    SELECT group_number, message_id, name FROM effect WHERE group_number = ?1
                    ORDER BY message_id, name LIMIT ?2)
                """))
    }

    private func purgeLeases(of group: GroupNumber, limit: Int) throws(StoreFailure) -> Int {
        try purge(
            group, limit,
            statement(
                """
                DELETE FROM fifo_lease WHERE (group_number, topic, message_group) IN (
                    SELECT group_number, topic, message_group FROM fifo_lease WHERE group_number = ?1
                    ORDER BY topic, message_group LIMIT ?2)
                """))
    }

    private func purgeFilters(of group: GroupNumber, limit: Int) throws(StoreFailure) -> Int {
        try purge(
            group, limit,
            statement(
                """
                DELETE FROM filter WHERE (group_number, number) IN (
                    SELECT group_number, number FROM filter WHERE group_number = ?1 ORDER BY number LIMIT ?2)
                """))
    }

    private func purgeCursors(of group: GroupNumber, limit: Int) throws(StoreFailure) -> Int {
        try purge(
            group, limit,
            statement(
                """
                DELETE FROM cursor WHERE (group_number, queue) IN (
                    SELECT group_number, queue FROM cursor WHERE group_number = ?1 ORDER BY queue LIMIT ?2)
                """))
    }

    private func purge(_ group: GroupNumber, _ limit: Int, _ statement: Statement) throws(StoreFailure) -> Int {
        statement.bind(1, group.number)
        statement.bind(2, Int64(limit))
        return try statement.run()
    }
}
