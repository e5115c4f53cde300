import CSQLite
import Dispatch
import Synchronization

/// A connection that one thread at a time uses: who comes first is served first.
///
/// Sendable although ``Connection`` is not: `connection` is reached only inside `queue`, which runs one closure at a
/// time, and no closure can keep it (the verbs' handles are not copyable).
final class SerialConnection: @unchecked Sendable {
    private let queue = DispatchQueue(label: "waybill.connection")
    private let connection: Connection
    private var isClosed = false
    private let mark = ThreadMark()
    /// How many timeouts there are after the last commit.
    let timeoutCounts = Mutex(TimeoutCounts())

    init(_ connection: consuming Connection) { self.connection = connection }

    deinit { close() }

    /// Runs `body` alone on the connection, on the caller's thread.
    func run<Result>(_ body: (Connection) throws -> Result) throws -> Result {
        try queue.sync {
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
        queue.sync {
            guard !isClosed else { return }
            isClosed = true
            connection.close()
        }
    }
}
