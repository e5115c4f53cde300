import Fixtures
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// What is opened over a file, in the end an engine.
protocol HasEngine {
    var engine: Engine { get }
    /// An orderly end.
    func close()
}

extension OrderBook: HasEngine {}

extension Engine: HasEngine {
    var engine: Engine { self }
}

/// The lives of a process over a file of its own, in virtual time: it ends, in good order or not, and begins again.
final class Lives<Opened: HasEngine> {
    let path: String
    let clock: VirtualClock
    private(set) var opened: Opened
    private let directory: TemporaryDirectory
    private let seed: UInt64
    private var count: UInt64 = 0
    private let open: (String, World) throws -> Opened

    init(from start: Int64, seed: UInt64, open: @escaping (String, World) throws -> Opened) throws {
        directory = try TemporaryDirectory()
        path = directory.file("shop.db")
        clock = VirtualClock(start: Moment(milliseconds: start))
        self.seed = seed
        self.open = open
        opened = try open(path, .virtual(clock, seed: seed))
    }

    /// Ends in good order and begins again after a while; `meanwhile` has the closed file.
    func reopen(after milliseconds: Int64, meanwhile: (String) throws -> Void = { _ in }) throws {
        opened.close()
        try begin(after: milliseconds, meanwhile)
    }

    /// The process is gone at once, as if it were killed; after a while another one begins.
    func crash(after milliseconds: Int64, meanwhile: (String) throws -> Void = { _ in }) throws {
        opened.engine.store.close()
        try begin(after: milliseconds, meanwhile)
    }

    private func begin(after milliseconds: Int64, _ meanwhile: (String) throws -> Void) throws {
        try meanwhile(path)
        clock.move(to: clock.now.advanced(by: Interval(milliseconds: milliseconds)))
        count += 1
        // Another life, other random numbers.
        opened = try open(path, .virtual(clock, seed: seed &+ count))
    }

    func close() { opened.close() }

}
