import GRDB
import GRDBSQLite

/// A connection that one thread at a time uses, in GRDB's queue.
///
/// Sendable although ``Connection`` is not: `connection` is reached only inside `queue`, which runs one closure at a
/// time, and no closure can keep it (the verbs' handles are not copyable).
final class SerialConnection: @unchecked Sendable {
    private let queue: DatabaseQueue
    private let connection: Connection
    private var isClosed = false
    private let mark = ThreadMark()

    init(_ queue: DatabaseQueue) throws(StoreFailure) {
        self.queue = queue
        let made: Result<Connection, StoreFailure> = queue.writeWithoutTransaction { database in
            Result { () throws(StoreFailure) in try Connection(database) }
        }
        connection = try made.get()
    }

    deinit { close() }

    /// Runs `body` alone on the connection, on the caller's thread.
    func run<Result>(_ body: (Connection) throws -> Result) throws -> Result {
        try queue.writeWithoutTransaction { _ in
            guard !isClosed else { throw StoreFailure(.closed, "the store is closed") }
            return try mark.hold { try body(connection) }
        }
    }

    /// Whether the caller's thread is inside ``run(_:)``.
    var isInUseHere: Bool { mark.isMine }

    /// Runs `body` on the connection from within ``run(_:)``, whose turn it is anyway.
    func runInside<Result>(_ body: (Connection) throws -> Result) rethrows -> Result {
        precondition(mark.isMine, "only the thread that has the connection may use it once more")
        return try body(connection)
    }

    /// Ends the connection; a second call does nothing.
    func close() {
        queue.writeWithoutTransaction { _ in
            guard !isClosed else { return }
            isClosed = true
            connection.finalizeStatements()
            connection.removeHooks()
        }
        // A close that fails leaves nothing to undo: GRDB closes again, by force, when the queue goes away.
        do { try queue.close() } catch {}
    }
}
