import WaybillCore
import WaybillStore
import WaybillTimeouts

/// The end of expressions that no consumer uses any more.
///
/// Memory forgets an expression when it has not been used for ``BrokerSettings/filterUse``, and asks for its row again
/// when it is used after that: a row that memory does not know chooses nothing.
extension Broker {
    /// Expressions that one step deletes.
    private static let filtersPerStep = 1_000

    /// Deletes rows of expressions that memory has forgotten; true: there may be more.
    func dropUnusedFilters(in write: borrowing Write) throws -> Bool {
        var left = Self.filtersPerStep
        for (group, count) in committed({ $0.forgottenFilters }) {
            var walk = PageWalk(after: 0, by: \FilterRow.number)
            while left > 0,
                let page = try walk.next({ try write.transaction.filters(of: group, after: $0, limit: $1) })
            {
                for row in page where left > 0 && !isKnown(row) {
                    try write.transaction.deleteFilter(row.number, of: group)
                    left -= 1
                }
            }
            guard left > 0 else { return true }
            pending.cleanedFilters[group] = count
        }
        return false
    }

    private func isKnown(_ row: FilterRow) -> Bool {
        if pending.filters.contains(where: { $0.group == row.group && $0.key == row.key }) { return true }
        return committed { $0.knows(row.key, of: row.group) }
    }
}
