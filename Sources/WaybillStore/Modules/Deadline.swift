import CSQLite

/// The moment at which a module's closure, or a bounded read, has had its time.
///
/// It reads the machine's own clock and not the engine's: in virtual time a statement that never ends would never be
/// late, and hold the writer for good.
final class Deadline: Sendable {
    private let what: String
    private let seconds: Double
    private let end: ContinuousClock.Instant
    /// How many instructions of SQLite's machine pass between two looks at the clock: some tens of microseconds.
    private static let instructionsPerLook: Int32 = 1_000

    init(seconds: Double, of what: String = "the module's rows") {
        self.what = what
        self.seconds = seconds
        end = .now + .seconds(seconds)
    }

    var isOver: Bool { ContinuousClock.now >= end }

    var secondsLeft: Double { (end - ContinuousClock.now) / .seconds(1) }

    var failure: StoreFailure {
        StoreFailure(.deadline, "\(what) took longer than \(seconds) s; nothing was kept")
    }

    func check() throws(StoreFailure) {
        if isOver { throw failure }
    }

    /// Interrupts whatever statement runs on the connection once the time is over, until ``disarm(_:)``.
    func arm(_ handle: OpaquePointer) {
        sqlite3_progress_handler(
            handle, Self.instructionsPerLook,
            { context in
                guard let context else { return 1 }
                return Unmanaged<Deadline>.fromOpaque(context).takeUnretainedValue().isOver ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    static func disarm(_ handle: OpaquePointer) { sqlite3_progress_handler(handle, 0, nil, nil) }
}
