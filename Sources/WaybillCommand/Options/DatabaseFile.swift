import Foundation
import Waybill

/// The file of an order book, opened for the time of one command.
struct DatabaseFile {
    let path: String
    /// Why timeouts are held from the opening on; nil: as the file says.
    var holds: String?
    /// Connections for reads; nil: as many as an order book has when it is not told.
    var readers: Int?
    /// What makes the file when there is none; nil: the usual advice.
    var madeBy: String?
    /// Whether a hold of timeouts is shown when the file is opened to be changed; false: the command speaks of it.
    var showsHold = true
    /// Says what an opening that changes the file has found, and whether a person may have to look.
    var say: @Sendable (_ sentence: String, _ isWarning: Bool) -> Void = { sentence, _ in
        Output.error.line("waybill: \(sentence)")
    }

    /// Opens the file to look into it: it stays as it is, to the byte. Time stands still.
    func reading<Result>(_ body: (OrderBook) async throws -> Result) async throws -> Result {
        try requireExistence()
        return try await use(try OrderBook.look(path, at: World.system.now()), body)
    }

    /// Opens the file to change it.
    ///
    /// - Parameters:
    ///   - workflows: versions that take new orders from now on, besides those that the file knows. Shipped ones that
    ///     they speak to come with them where the file has none of that name.
    ///   - withShipped: whether all shipped ones come with them where the file has none of that name.
    ///   - isMade: whether a file that is not there is made.
    func writing<Result>(
        workflows: [WorkflowText] = [], withShipped: Bool = false, isMade: Bool = false, world: World = .system,
        _ body: (OrderBook) async throws -> Result
    ) async throws -> Result {
        let isNew = !exists
        if !isMade { try requireExistence() }
        var settings = OrderBook.Settings()
        settings.holdsTimeouts = holds
        if let readers { settings.readers = readers }
        settings.report = { [reports = LoopReports(), say] failure in
            if reports.isNews(failure, at: World.system.now()) { say("\(failure)".printable, true) }
        }
        let book = try OrderBook.open(
            path, workflows: workflows, relatives: WorkflowText.shipped, all: withShipped, world: world,
            settings: settings)
        if showsHold, let hold = book.timeoutHold { say(hold.sentence, true) }
        if isNew { say("\(path.printable) is new", false) }
        for idle in book.idleWorkflows { say("\(idle)".printable, true) }
        return try await use(book, body)
    }

    /// Throws when there is no database to look at or to change: none that was made by accident is full of nothing.
    func requireExistence() throws {
        guard !path.isEmpty else { throw CommandFailure("--db wants the name of a file") }
        let problem: String
        if !exists {
            problem = "there is no such file"
        } else if try !OrderBook.isThere(path) {
            problem = "the file is empty, there is no database in it"
        } else {
            return
        }
        let usual =
            "`waybill stock receive SKU 100 --db \(path)` makes a new one, `waybill demo --db \(path)` one full of "
            + "orders"
        throw CommandFailure("\(path): \(problem); \(madeBy ?? usual)")
    }

    /// Whether the file is there and has a database in it.
    var holdsAnything: Bool { get throws { try exists && OrderBook.isThere(path) } }

    private var exists: Bool { FileManager.default.fileExists(atPath: path) }

    private func use<Result>(
        _ book: OrderBook, _ body: (OrderBook) async throws -> Result
    ) async throws -> Result {
        defer { book.close() }
        return try await body(book)
    }
}
