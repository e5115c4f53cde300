import CSQLite
import Synchronization

/// How long the reads of one task may take together. Beyond it they end with ``StoreFailure/Code/deadline``, also in
/// the middle of a statement.
///
/// The time begins when the first of them has its connection: to wait for a connection is not the fault of the read.
package final class ReadTime: Sendable {
    /// That of the current task; nil: its reads are not bounded.
    @TaskLocal package static var current: ReadTime?

    private let seconds: Double
    private let pageSeconds: Double
    private let begun = Mutex<(deadline: Deadline, page: Deadline)?>(nil)

    /// - Parameter pageSeconds: after this a list ends its page, so that what it has found is answered in time.
    package init(seconds: Double, pageSeconds: Double) {
        self.seconds = seconds
        self.pageSeconds = pageSeconds
    }

    /// Whether a list should end its page here.
    package var isPageOver: Bool { begin().page.isOver }

    /// Whether the time is over: what reads throw from now on.
    package var isOver: Bool { begin().deadline.isOver }

    private func begin() -> (deadline: Deadline, page: Deadline) {
        begun.withLock { begun in
            if let begun { return begun }
            let new = (Deadline(seconds: seconds, of: "the read"), Deadline(seconds: pageSeconds, of: "the page"))
            begun = new
            return new
        }
    }

    /// Runs a read on a connection, and interrupts it when the time is over.
    func bound<Result>(_ connection: Connection, _ body: () throws -> Result) throws -> Result {
        let deadline = begin().deadline
        try deadline.check()
        connection.deadline = deadline
        deadline.arm(connection.handle)
        defer {
            connection.deadline = nil
            Deadline.disarm(connection.handle)
        }
        do {
            return try body()
        } catch let failure as StoreFailure where failure.sqliteCode & 0xFF == SQLITE_INTERRUPT && deadline.isOver {
            throw deadline.failure
        }
    }
}
