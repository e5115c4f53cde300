public import WaybillCore
import WaybillEngine
public import WaybillStore

/// How many orders there are, without a question that counts them.
extension OrderBook {
    /// How many orders there are of each workflow in each status, as of one position of the journal.
    public struct Census: Hashable, Sendable {
        /// One number of a census.
        public struct Count: Hashable, Sendable {
            public var workflow: WorkflowName
            public var status: String
            public var orders: Int64
        }

        /// By workflow and status; nothing of what no order is in.
        public var counts: [Count]
        /// The last event that all counts hold. More than 1,000 of them are read in pages, and those of a later page
        /// may hold events behind it.
        public var position: Position
        /// A file of an earlier release is counted gradually after its opening: how many events are still to be
        /// looked at. 0: the counts are exact.
        public var eventsBehind: Int64
        /// Whether there are more pairs of workflow and status than the 10,000 that it counts: a workflow may make its
        /// statuses of data.
        public var hasMore: Bool
    }

    /// How many orders there are of each workflow in each status. Every write keeps the counts, so this reads a row for
    /// each and is as fast with ten million orders as with ten.
    ///
    /// - Throws: ``StoreFailure`` when the file cannot be read.
    public func census() async throws(StoreFailure) -> Census {
        try await engine.onThread { [self] (_) throws(StoreFailure) in try census() }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits.
    public func census() throws(StoreFailure) -> Census {
        try reading {
            let found = try engine.orderCensus()
            return Census(
                counts: found.counts.map {
                    Census.Count(workflow: $0.workflow, status: $0.status.string, orders: $0.orders)
                },
                position: found.position, eventsBehind: found.behind, hasMore: found.hasMore)
        }
    }
}
