import Synchronization
import WaybillCore
import WaybillTimeouts

/// How the engine is, as of its last write: asked at any time, also from within a read, without a wait for the writer.
struct Vitals: Sendable {
    /// Who holds timeouts of orders; nil: they fire when they are due.
    var hold: TimeoutHold?
    /// Why nothing is accepted any more.
    var stopped: String?
    /// Writes committed since the file was opened.
    var writes: UInt64 = 0
    /// The last committed position of the journal.
    var lastPosition = Position(0)
    /// How late timeouts have fired since the file was opened.
    var lateness = LatenessHistogram()

    /// Where the writer puts them.
    final class Board: Sendable {
        private let vitals = Mutex(Vitals())

        var now: Vitals { vitals.withLock { $0 } }

        func update(_ change: (inout Vitals) -> Void) { vitals.withLock { change(&$0) } }
    }
}
