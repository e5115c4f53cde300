/// How many entries the groups' memory holds, of each sort: none of them follows how much was sent or consumed.
package struct MemoryCensus: Hashable, Sendable {
    /// First deliveries in flight.
    package var leases = 0
    /// Ends of leases to be looked at, overtaken ones too.
    package var leaseEnds = 0
    /// Receives that wait.
    package var waiting = 0
    /// Their ends, overtaken ones too.
    package var waits = 0
    /// Redeliveries with a holder.
    package var holders = 0
    /// Rows that consumers are about to take.
    package var wanted = 0
    /// Ranges of finished messages above the floors.
    package var ranges = 0
    package var clients = 0
    package var filters = 0
    /// Entries for each filter of each cursor.
    package var places = 0
    /// Batches that are remembered by the names of their attempts.
    package var batches = 0

    /// All of them.
    package var total: Int {
        leases + leaseEnds + waiting + waits + holders + wanted + ranges + clients + filters + places + batches
    }
}

extension GroupMemory {
    /// Counts what memory holds.
    package func census() -> MemoryCensus {
        read { state in
            var census = MemoryCensus()
            census.leaseEnds = state.leaseEnds.count
            census.waiting = state.waiting.count
            census.waits = state.waits.count
            for group in state.groups.values {
                census.holders += group.holders.count
                census.clients += group.clients.count
                census.filters += group.filters.count
                census.batches += group.batches.count
                for cursor in group.cursors.values {
                    census.leases += cursor.leases.count
                    census.wanted += cursor.wanted.count
                    census.ranges += cursor.progress.ranges.count
                    census.places +=
                        cursor.next.count + cursor.foundNone.count + cursor.readyAfter.count + cursor.cleanSince.count
                }
            }
            return census
        }
    }
}
