import Synchronization

/// One file with everything that an engine keeps: the only way to its rows is a write or a read.
///
/// One connection writes, and it also does every checkpoint; reads pass a gate to connections of their own. Both run
/// on the caller's thread and block it, so neither belongs on a thread that must not wait.
package final class Store: Sendable {
    package let settings: StoreSettings
    /// The file, or nil in memory.
    package let path: String?
    /// The number of this opening, raised at each: receipts and leases of message groups name it.
    package let bootNumber: Int64
    package let pageBytes: Int
    let writer: SerialConnection
    /// Nil in memory, and for a look.
    let place: FilePlace?
    let truncation: Mutex<TruncationPace>
    /// Nil in memory, where the one connection has to serve.
    let gate: ReaderGate?
    private let readers: [SerialConnection]
    /// Pages of the log, as of the last look at it.
    let walPagesSeen = Atomic(0)
    /// The copy that is being made of it.
    let backup = BackupSlot()
    let lock: LockFile?
    /// Whether the file is only looked at: every write is refused.
    package let isLook: Bool
    /// What has to live as long as a look at a copy: the folder of the copy, and the lock of the file itself.
    private let kept = Mutex<(TemporaryFolder, LockFile?)?>(nil)

    init(
        settings: StoreSettings, path: String?, lock: consuming LockFile?, writer: SerialConnection,
        readers: [SerialConnection], bootNumber: Int64, pageBytes: Int, isLook: Bool = false
    ) {
        self.isLook = isLook
        self.settings = settings
        self.path = path
        self.lock = lock
        self.writer = writer
        place = isLook ? nil : path.map { FilePlace($0) }
        truncation = Mutex(TruncationPace(bytesMax: settings.walBytesMax))
        self.readers = readers
        self.bootNumber = bootNumber
        self.pageBytes = pageBytes
        gate = readers.isEmpty ? nil : ReaderGate(readers)
    }

    deinit { close() }

    /// Runs `body` in one SQL write: all of what it did is durable when this returns, or none of it remains.
    ///
    /// An error of `body`, or of SQLite before the commit, undoes the write and is thrown on. An error of the commit
    /// itself leaves open what the file holds, so from then on every write throws ``StoreFailure/Code/failStopped``.
    @discardableResult
    package func write<Result>(_ body: (borrowing Transaction) throws -> Result) throws -> Result {
        try writeOwning { transaction in try body(transaction) }
    }

    /// The same for a body that makes the transaction a part of a value which ends with it.
    package func writeOwning<Result>(_ body: (consuming Transaction) throws -> Result) throws -> Result {
        guard !writer.isInUseHere else {
            throw StoreFailure(
                .statement, "a write was asked for inside a write or a read; ask for it when that has ended")
        }
        guard !isLook else { return try writer.look(body) }
        return try writer.write(failing: settings.commitFault, body)
    }

    /// Whether a failed commit or sync has ended all writing.
    package var isStopped: Bool {
        if writer.isInUseHere { return writer.runInside { $0.stopped != nil } }
        do { return try writer.run { $0.stopped != nil } } catch { return false }
    }

    /// Runs `body` on one state of the file. It must end within 5 ms or 1,000 rows: a checkpoint may be waiting for it.
    ///
    /// Asked for inside a write, it sees what the write has done so far; inside a read, it waits for nothing.
    package func read<Result>(_ body: (borrowing Snapshot) throws -> Result) throws -> Result {
        if writer.isInUseHere { return try writer.runInside { try Self.readInside($0, body) } }
        if let gate, let reader = readers.first(where: \.isInUseHere) {
            // Another connection would be the rule; with none free it would wait for the one that waits for it.
            guard let other = gate.enterNow() else { return try reader.runInside { try Self.readInside($0, body) } }
            defer { gate.leave(other) }
            return try other.run { try Self.read($0, body) }
        }
        guard let gate else { return try writer.run { try Self.read($0, body) } }
        let reader = gate.enter()
        defer { gate.leave(reader) }
        return try reader.run { try Self.read($0, body) }
    }

    /// The same for a caller that does not wait for it; nil when the gate is closed, or every reading connection is in
    /// use.
    package func readNow<Result>(_ body: (borrowing Snapshot) throws -> Result) throws -> Result? {
        guard let gate, !isInUseHere, let reader = gate.enterNow() else { return nil }
        defer { gate.leave(reader) }
        return try reader.run { try Self.read($0, body) }
    }

    /// Connections for reads; none in memory, where reads and writes take turns.
    package var readerCount: Int { readers.count }

    /// A read for who has the engine's turn to write: on the writing connection, so that it waits for no other read. A
    /// reader may itself wait for that turn.
    package func readAsWriter<Result>(_ body: (borrowing Snapshot) throws -> Result) throws -> Result {
        if writer.isInUseHere { return try writer.runInside { try Self.readInside($0, body) } }
        return try writer.run { try Self.read($0, body) }
    }

    /// Truncates the WAL and closes the file. Whatever comes later throws ``StoreFailure/Code/closed``.
    package func close() {
        backup.backup?.abandon()
        // What the checkpoint cannot do now, the next opening does: the WAL is part of the file.
        do { try checkpointWhenIdle() } catch {}
        // Whoever closes last makes SQLite checkpoint, if it may write. After a failed commit nobody should.
        if isStopped { writer.close() }
        for reader in readers { reader.close() }
        writer.close()
        lock?.release()
        let copy = kept.withLock { kept in
            defer { kept = nil }
            return kept
        }
        copy?.1?.release()
    }

    func keep(_ folder: TemporaryFolder, _ lock: LockFile?) { kept.withLock { $0 = (folder, lock) } }

    /// Whether the caller's thread has the writing connection already: a further write would be one inside another.
    package var isWritingHere: Bool { writer.isInUseHere }

    /// Whether the caller's thread is inside a read or a write: it cannot wait for the store then.
    package var isInUseHere: Bool { writer.isInUseHere || readers.contains { $0.isInUseHere } }

    /// A read within the transaction of another.
    private static func readInside<Result>(
        _ connection: Connection, _ body: (borrowing Snapshot) throws -> Result
    ) throws -> Result {
        // Around it a module may have its own rights only.
        let mode = connection.guarding.mode
        connection.guarding.mode = .engine
        defer { connection.guarding.mode = mode }
        return try body(Snapshot(connection))
    }

    private static func read<Result>(
        _ connection: Connection, _ body: (borrowing Snapshot) throws -> Result
    ) throws -> Result {
        try connection.beginReading()
        let result: Result
        do {
            result = try bounded(connection) { try body(Snapshot(connection)) }
        } catch {
            try connection.rollback()
            throw error
        }
        try connection.rollback()
        return result
    }

    private static func bounded<Result>(_ connection: Connection, _ body: () throws -> Result) throws -> Result {
        guard let time = ReadTime.current else { return try body() }
        return try time.bound(connection, body)
    }
}
