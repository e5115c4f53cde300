public import WaybillCore
import WaybillEngine
public import WaybillStore

/// What was done outside of orders and stock: acts of operators, and what the engine must tell.
extension OrderBook {
    /// One page of audits after a version of their stream, the oldest first, at most 1,000. The type says what was
    /// done, the caller who did it; the body is a JSON object with what it was about and why.
    ///
    /// - Throws: ``StoreFailure`` when the file cannot be read.
    public func audits(after version: Int64 = 0, limit: Int = 100) async throws(StoreFailure) -> [EventView] {
        try await engine.onThread { [self] (_) throws(StoreFailure) in try audits(after: version, limit: limit) }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits.
    public func audits(after version: Int64 = 0, limit: Int = 100) throws(StoreFailure) -> [EventView] {
        try reading { try engine.audits(after: version, limit: limit) }
    }
}
