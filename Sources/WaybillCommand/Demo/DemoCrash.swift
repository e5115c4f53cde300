import ArgumentParser
import Foundation
import Waybill
import WaybillCore

/// What happens to a call when the process dies between the worker's deed and its answer: a second process is started
/// on the demo's file, lets an order call for a refund, pays it at a make-believe provider, and kills itself before it
/// says so. Then the file is opened again, and the worker is asked again.
struct DemoCrash {
    /// The payment that comes twice and is to go back.
    static let payment: Text = "p-once-too-often"

    let file: String
    let order: OrderID
    let world: World

    /// The provider's own book: a line per effect key, beside the file.
    private var provider: DemoProvider { DemoProvider(file: file) }

    /// Shows it; nothing when no second process can be started here.
    func show() async throws {
        guard let executable = Bundle.main.executablePath else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = ["demo-crash", file, order.description, String(world.now().milliseconds)]
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            return say("  (no second process can be started here: \(error.localizedDescription))".printable)
        }
        process.waitUntilExit()
        say("  A second process took a payment for \(order) once too often; the order called for a refund.")
        say("  The worker paid it at the provider, and the process was killed before it could say so.")
        let book = try OrderBook.open(file, world: world)
        defer { book.close() }
        guard let call = try await book.order(order)?.openCalls.last else {
            return say("  It died before the call was written: nothing was asked for, nothing was paid.")
        }
        say("  After opening the file again, from `waybill order show \(order)`:".printable)
        say("    \(call.key) to \(call.topic): open, \(call.ok) or \(call.failed) expected".printable)
        say(
            "  The provider's book has \(counted(try provider.count(call.key), "payment")) under \(call.key).".printable
        )
        let paid = try provider.pay(call.key)
        say("  The worker gets the call again, and the provider says: \(paid ? "paid now" : "paid already").")
        let answer = OrderCommand(call.ok, of: order, role: "payments", key: call.key, caller: "demo")
        try await book.submit(answer)
        let state = try await book.calls(of: order)?.first { $0.key == call.key }?.state ?? "lost"
        say(
            "  It answers \(call.ok) with that key: the call is \(state), the message that says so is out, and the "
                + "provider has paid \(try provider.count(call.key) == 1 ? "once" : "twice").")
    }

    private func say(_ text: String) { Output.standard.line(text) }
}

/// The process that dies.
struct DemoCrashNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "demo-crash", shouldDisplay: false)

    @Argument var file: String
    @Argument var order: OrderID
    @Argument var now: Int64

    func run() async throws {
        let world = World.standing(at: Moment(milliseconds: now))
        let book = try OrderBook.open(file, world: world)
        let data: JSON = ["payment": .text(DemoCrash.payment.string), "channel": "card", "amount_cents": 990]
        try await book.submit(OrderCommand("pay", of: order, data: data, role: "payments", caller: "demo"))
        guard let call = try await book.order(order)?.openCalls.last else { return }
        _ = try DemoProvider(file: file).pay(call.key)
        // As if the power had failed: nothing is closed, nothing is said.
        kill(getpid(), SIGKILL)
    }
}

/// A make-believe payment provider. Like real ones it knows an effect key again, and pays once for it.
struct DemoProvider {
    private let url: URL

    init(file: String) { url = URL(fileURLWithPath: file + ".provider") }

    /// Pays; false: it had done so before.
    func pay(_ key: Text) throws -> Bool {
        guard try count(key) == 0 else { return false }
        let lines = try lines() + [key.string]
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: url, options: .atomic)
        return true
    }

    /// How often it has paid for a key.
    func count(_ key: Text) throws -> Int { try lines().count { $0 == key.string } }

    private func lines() throws -> [String] {
        guard FileManager.default.fileExists(atPath: url.path) else { return [] }
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
    }
}
