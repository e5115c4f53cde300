import CSQLite
import Histories
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// How fast a journal is folded from the file to states, and decided again. Every state is compared with the stored
/// one, every outcome with the event's, so a fast answer that is wrong is no answer.
///
/// The limit is SQLite handing over the same events in the same order to a loop that only adds up their bytes.
struct ReplayBenchmark {
    private static let ordersPerBatch = 2_000

    let settings: BenchmarkSettings
    private let orders: Int

    init(_ settings: BenchmarkSettings) {
        self.settings = settings
        orders = settings.pick(trial: 300, usual: 100_000, full: 1_000_000)
    }

    func run() async throws -> BenchmarkReport {
        let file = try settings.scratchFile("replay")
        defer { file.remove() }
        let start = Moment(milliseconds: 1_750_000_000_000)
        let world = World.virtual(VirtualClock(start: start))
        let workflow = WorkflowText(BenchWorkflow.text, source: "bench-order.yaml")
        let book = try OrderBook.open(file.path, workflows: [workflow], world: world)
        defer { book.close() }
        settings.progress("writing the history of \(orders) orders")
        try write(OrderTraffic(payUntil: start.advanced(by: .days(1))), into: book.engine, from: start)

        let before = Machine.residentBytes()
        let replay = Replay(book)
        var folded: [Double] = []
        var decided: [Double] = []
        var bare: [Double] = []
        var events = 0
        for turn in 1...3 {
            settings.progress("folding, turn \(turn)")
            bare.append(try readBare(file))
            let fold = try replay.fold()
            folded.append(try rate(of: fold))
            events = fold.events
            settings.progress("deciding again, turn \(turn)")
            decided.append(try rate(of: replay.decide()))
        }
        let growth = max(0, Machine.residentBytes() - before)
        return BenchmarkReport(
            .replay, ratio: median(folded) / median(bare), meaning: "of SQLite alone, reading the same events",
            directory: settings.directory,
            figures: [
                .init("events", Double(events), ""),
                .init("folded", median(folded), "per second", goal: .atLeast(500_000)),
                .init("decided again", median(decided), "per second"),
                .init("read, SQLite alone", median(bare), "per second"),
                .init("size of the file", Double(file.bytes) / 1e6, "MB"),
                .init("memory that it took", Double(growth) / 1e6, "MB", goal: .atMost(32)),
            ])
    }

    /// Three events for each order: placed, armed again, and, while others are placed, paid.
    private func write(_ traffic: OrderTraffic, into engine: Engine, from start: Moment) throws {
        for reply in engine.perform(traffic.receipts()) {
            guard case .success = reply else { throw BenchmarkFailure("a receipt was refused: \(reply)") }
        }
        let later = Self.ordersPerBatch * 2
        for first in stride(from: 0, to: orders + later, by: Self.ordersPerBatch) {
            var commands: [(command: Command, at: Moment)] = []
            for number in first..<first + Self.ordersPerBatch {
                let at = start.advanced(by: .init(milliseconds: Int64(number)))
                if number < orders {
                    commands.append((traffic.place(number), at))
                    commands.append((Command(order: traffic.id(number), name: "rearm"), at))
                }
                if (0..<orders).contains(number - later) { commands.append((traffic.pay(number - later), at)) }
            }
            for answer in engine.perform(commands) { _ = try answer.receipt() }
        }
    }

    private func rate(of pass: Replay.Pass) throws -> Double {
        guard pass.differences == 0 else {
            let first = pass.first.map { "\($0)" }.joined(separator: "; ")
            throw BenchmarkFailure("the replay differs from the file: \(first)")
        }
        return pass.eventsPerSecond
    }

    /// Events handed over in a second.
    private func readBare(_ file: ScratchFile) throws -> Double {
        let connection = try BareConnection(file.path, readOnly: true)
        let statement = try connection.prepare(
            "SELECT stream, version, at, body FROM event INDEXED BY event_by_stream ORDER BY stream, version")
        let watch = Stopwatch()
        var events = 0
        var bytes = 0
        while sqlite3_step(statement.pointer) == SQLITE_ROW {
            events += 1
            bytes &+= Int(sqlite3_column_int64(statement.pointer, 0)) &+ Int(sqlite3_column_bytes(statement.pointer, 3))
        }
        guard bytes > 0 else { throw BenchmarkFailure("there are no events to read") }
        return Double(events) / watch.seconds
    }
}
