import WaybillEngine
public import WaybillStore

extension OrderBook {
    /// Copies the order book to another file while it goes on.
    ///
    /// ```swift
    /// let copy = try await book.backup(to: path)
    /// print("all up to event \(copy.last.number) is in \(copy.path)")
    /// ```
    ///
    /// The copy has everything that was acknowledged before the end of the copying, and is an order book like any
    /// other: `OrderBook.open` opens it. Until it is whole, synced and checked it is called `PATH.part`; a later call
    /// for the same place removes what a killed process has left of it. Orders go on meanwhile: the copying takes its
    /// turns with the modules, out of ``OrderBook/Settings/moduleSharePercent``. See <doc:BackupAndRestore>.
    ///
    /// - Parameters:
    ///   - path: where the copy is to be, in a folder that is there; a copy replaces nothing.
    ///   - progress: told how far it is, after each of many small steps.
    /// - Throws: ``BackupFailure``: there is no copy, and the order book is as it was. A cancelled task gives up.
    @discardableResult
    public func backup(
        to path: String, progress: @escaping @Sendable (BackupProgress) -> Void = { _ in }
    ) async throws(BackupFailure) -> BackupCopy {
        let loop = try await engine.onThread { (engine) throws(BackupFailure) in try BackupLoop(engine, to: path) }
        return try await loop.run(progress)
    }

    /// Refuses a place at which no copy can be made, before much work is done for one.
    package func refuseBackup(at path: String) throws(BackupFailure) {
        if let failure = engine.obstacle(toBackupAt: path) { throw failure }
    }
}
