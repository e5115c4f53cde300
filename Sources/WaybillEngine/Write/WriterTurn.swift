import Foundation
import WaybillStore

/// The writer, and whose turn it is. A call from within a turn, such as a module's handler makes, has the turn already.
final class WriterTurn: @unchecked Sendable {
    // Unchecked: the writer is reached only by the thread that holds the lock.
    private let writer: Writer
    private let lock = NSRecursiveLock()
    private let mark = ThreadMark()

    init(_ writer: Writer) { self.writer = writer }

    /// Whether the caller's thread has the turn: what it asks for cannot wait for the turn's end.
    var isMine: Bool { mark.isMine }

    /// Runs `body` with the writer to itself.
    func withLock<Result>(_ body: (Writer) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return mark.isMine ? try body(writer) : try mark.hold { try body(writer) }
    }
}
