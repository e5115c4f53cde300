import ArgumentParser
import Foundation
import Histories
import Waybill
import WaybillCore
import WaybillEngine

/// `waybill demo`: some thousand orders of a small shop, in virtual time, on a real file.
struct DemoNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Watch some thousand orders go through a workflow, and modules live on them, on a real file.",
        discussion: """
            Two weeks of a small shop: payments in full, split and late, price changes, cancels, parcels, returns, \
            items that run out; and its modules, cart, points, coupons, notifications and, added in the second week, \
            a gift pack. Then the story of one order, a process that is killed in the middle of a refund, a check of \
            the whole file, and a flash sale of 20,000 shoppers for 500 units, with its certificate and a page to \
            look at. On a terminal it ends with a server on its file, until Ctrl-C.
            """)

    @Option(help: "How many orders.")
    var orders = 3_000

    @Option(help: "The same seed in the same hour is the same shop.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("A new file for it; without one, in a temporary directory.", valueName: "file"))
    var db: String?

    @Flag(help: "End without a server; it has none where there is no terminal.")
    var exit = false

    func validate() throws {
        guard (10...1_000_000).contains(orders) else { throw ValidationError("--orders wants 10 to 1000000.") }
    }

    func run() async throws {
        let path = try newFile()
        let hour = Int64(3_600_000)
        let end = Moment(milliseconds: World.system.now().milliseconds / hour * hour)
        let settings = DemoRun.Settings(orders: orders, seed: seed, end: end)
        let world = World.virtual(VirtualClock(start: settings.start), seed: seed)
        let workflow = try WorkflowSource("standard-order").workflow()
        let run = DemoRun(settings, world: world, workflow: workflow)

        say("Two weeks of a small shop: \(grouped(orders)) orders through the workflow standard-order,")
        say("in virtual time, every write durable in \(path.printable)")
        say()
        let told = try await play(run, in: path, world: world)
        if let told {
            title("What if the process dies in the middle of a refund?")
            try await DemoCrash(file: path, order: told, world: world).show()
        }
        title("What the modules have made of it")
        let message = try await goOn(path, world: world)
        title("Is the file what its journal says, and are points, coupons and carts what the orders say?")
        let report = try verify(path)
        VerifyText(report).write()
        title("A flash sale, rehearsed: the server dies twice")
        let isSoundRush = try await DemoRush(beside: path).run()
        suggest(path, order: told, message: message)
        if !report.isSound || !isSoundRush { throw ExitCode(1) }
        if !exit, Output.standard.isTerminal {
            try await DemoServing(file: path, order: told ?? "order-1").run()
        }
    }

    /// The two weeks, then the story of one order; answers which.
    private func play(_ planned: DemoRun, in path: String, world: World) async throws -> OrderID? {
        var run = planned
        let book = try OrderBook.open(path, world: world)
        defer { book.close() }
        var modules = try await DemoModules(in: book, notices: notices(beside: path))
        // What is installed now has not seen what is placed at this moment.
        book.advance(by: .seconds(1))
        try await run.open(in: book, modules)
        var panel = DemoPanel()
        while try await run.step(in: book, &modules) { try panel.show(run, modules) }
        try panel.finish(run, modules)
        let told = run.tally.mostEventful(of: run.eventful)
        if let told, let story = try OrderStory(of: told, in: book) {
            title("The story of one order")
            story.write()
        }
        return told
    }

    /// Opens the file again: the modules go on where they were, with what the refund has sent. Shows what they have,
    /// and answers a message to look at.
    private func goOn(_ path: String, world: World) async throws -> MessageID? {
        let book = try OrderBook.open(path, world: world)
        defer { book.close() }
        let notices = notices(beside: path)
        let modules = try await DemoModules(in: book, notices: notices, withGiftPack: true)
        try await modules.finish()
        try modules.show()
        say()
        say("   Mails and short messages are lines of \(notices.printable).")
        return try await book.messages.find(in: "order", from: Moment(milliseconds: 0), limit: 1).first?.id
    }

    private func notices(beside path: String) -> String { "\((path as NSString).deletingPathExtension)-notices.jsonl" }

    private func suggest(_ path: String, order: OrderID?, message: MessageID?) {
        title("What to try next")
        let waybill = ProgramName.asTyped
        let order = order ?? "order-1"
        let file = path.contains(" ") ? "'\(path)'" : path
        say("  \(waybill) order show \(order) --db \(file)".printable)
        say("  \(waybill) order history \(order) --db \(file)".printable)
        say("  \(waybill) order list --db \(file) --status 'awaiting receipt' --limit 5".printable)
        say("  \(waybill) timeout list --db \(file) --limit 5".printable)
        if let message { say("  \(waybill) message trace \(message) --db \(file)".printable) }
        say("  \(waybill) group lag --db \(file)".printable)
        say("  \(waybill) verify \(file)".printable)
        say("  \(waybill) replay --db \(file)".printable)
        say("  \(waybill) workflow draw standard-order")
        say("  \(waybill) rush list")
    }

    private func title(_ text: String) {
        say()
        say(Style.bold(text))
        say()
    }

    private func say(_ text: String = "") { Output.standard.line(text) }

    /// The file that was asked for, which must be new, or one in a new directory.
    private func newFile() throws -> String {
        if let db {
            try OrderBookPlace.requireClosed(db)
            guard !FileManager.default.fileExists(atPath: db) else {
                throw CommandFailure("\(db) exists already; the demo wants a new file")
            }
            return db
        }
        let directory = try TemporaryDirectory.make("waybill-demo")
        return (directory as NSString).appendingPathComponent("shop.db")
    }
}
