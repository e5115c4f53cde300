import Waybill
import WaybillCore

/// The registration of a new member, whose confirmation goes out by mail and by SMS: how long the visitor waits when
/// the shop's own work and each of the two cost 50 ms.
///
/// One after the other they cost 150 ms, side by side 100 ms. Handed over as a message they cost what the shop's own
/// work costs, and the hand-over: the workflow's message rides in the commit of the registration. What it adds is
/// measured beside the same workflow without the message, in a shop without modules, in turns on the same disk. The
/// limit is the shop's own work.
struct RegistrationBenchmark {
    private static let stepSeconds = 0.05
    private static let handOver =
        "          - send: {topic: member, tag: confirm-email, body: {member: member, email: email}}\n"

    let settings: BenchmarkSettings

    init(_ settings: BenchmarkSettings) { self.settings = settings }

    private var visitors: Int { settings.pick(trial: 2, usual: 20, full: 100) }
    /// Registrations whose hand-over is measured.
    private var handOvers: Int { settings.pick(trial: 20, usual: 2_000, full: 10_000) }

    func run() async throws -> BenchmarkReport {
        guard let text = WorkflowText.shipped("member-registration"), text.text.contains(Self.handOver) else {
            throw BenchmarkFailure("member-registration does not send what this benchmark leaves out")
        }
        let silent = WorkflowText(text.text.replacing(Self.handOver, with: ""), source: text.source)
        let file = try settings.scratchFile("registration")
        let silentFile = try settings.scratchFile("registration-silent")
        defer {
            file.remove()
            silentFile.remove()
        }
        let book = try OrderBook.open(file.path, workflows: [text])
        defer { book.close() }
        let lonely = try OrderBook.open(silentFile.path, workflows: [silent])
        defer { lonely.close() }
        settings.progress("one after the other, and side by side")
        let serial = try await serial(in: lonely)
        let parallel = try await parallel(in: lonely)
        settings.progress("handed over")
        try await book.install(downstream("mail"))
        try await book.install(downstream("sms"))
        let handedOver = try await handedOver(in: book)
        settings.progress("what the hand-over costs")
        let (with, without) = try await handOverCost(book, lonely)
        return BenchmarkReport(
            .registration, ratio: Self.stepSeconds * 1_000 / handedOver, meaning: "of the shop's own work alone",
            goal: .atLeast(50.0 / 55), directory: settings.directory,
            figures: [
                .init("one after the other", serial, "ms"),
                .init("side by side", parallel, "ms"),
                .init("handed over", handedOver, "ms", goal: .atMost(55)),
                .init("registration that hands over", with, "ms, median"),
                .init("registration that does not", without, "ms, median"),
                .init("hand-over", with - without, "ms", goal: .atMost(1)),
            ])
    }

    // MARK: Three ways

    private func serial(in book: OrderBook) async throws -> Double {
        try await visits { number in
            try await step()
            try await register("serial-\(number)", in: book)
            try await step()
            try await step()
        }
    }

    private func parallel(in book: OrderBook) async throws -> Double {
        try await visits { number in
            try await step()
            try await register("parallel-\(number)", in: book)
            async let mail: Void = step()
            async let message: Void = step()
            _ = try await (mail, message)
        }
    }

    private func handedOver(in book: OrderBook) async throws -> Double {
        try await visits { number in
            try await step()
            try await register("handed-over-\(number)", in: book)
        }
    }

    /// The median of what visitors wait, in milliseconds.
    private func visits(_ visit: (Int) async throws -> Void) async throws -> Double {
        var waits: [Double] = []
        for number in 0..<visitors {
            let watch = Stopwatch()
            try await visit(number)
            waits.append(watch.seconds * 1_000)
        }
        return median(waits)
    }

    /// Registrations in turns, with and without a message and modules that take it; the medians in milliseconds.
    private func handOverCost(_ book: OrderBook, _ lonely: OrderBook) async throws -> (with: Double, without: Double) {
        var with: [Double] = []
        var without: [Double] = []
        for number in 0..<handOvers {
            for isWith in number % 2 == 0 ? [true, false] : [false, true] {
                let watch = Stopwatch()
                try await register("hand-over-\(number)", in: isWith ? book : lonely)
                let milliseconds = watch.seconds * 1_000
                if isWith { with.append(milliseconds) } else { without.append(milliseconds) }
            }
        }
        return (median(with), median(without))
    }

    // MARK: Parts

    private func register(_ member: String, in book: OrderBook) async throws {
        let answer = await book.answer(
            to: OrderCommand(
                "register", of: OrderID(member),
                data: ["member": .text(member), "email": .text("\(member)@example.org")],
                workflow: "member-registration", role: "visitor"))
        guard case .accepted = answer else { throw BenchmarkFailure("a registration was refused: \(answer)") }
    }

    private func step() async throws { try await Self.step() }

    private static func step() async throws { try await Stopwatch().wait(untilSeconds: stepSeconds) }

    /// A module that keeps a row for each new member and then takes 50 ms to tell the world outside.
    private func downstream(_ name: String) -> Downstream { Downstream(name: GroupName(name)) }

    private struct Downstream: ShopModule {
        let name: GroupName
        let subscriptions = [Subscription("member", tags: "confirm-email")]

        func migrate(_ tables: borrowing ModuleTables) throws {
            try tables.execute(
                "CREATE TABLE IF NOT EXISTS \(name)_sent (member TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")
        }

        func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {
            guard let order = delivery.order else { return }
            try tables.execute("INSERT INTO \(name)_sent VALUES (?)", [.text(order.description)])
        }

        func followUp(in book: OrderBook) async throws { try await RegistrationBenchmark.step() }
    }
}
