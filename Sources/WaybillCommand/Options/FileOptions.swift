import ArgumentParser
import Foundation
import Waybill

/// The options of every command that works on a file.
struct FileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The file with the orders.", valueName: "file"))
    var db: String

    @Flag(help: "Print JSON.")
    var json = false

    /// Opens the file to look into it: time stands still, so that looking fires no timeout.
    func reading<Result>(_ body: (OrderBook) async throws -> Result) async throws -> Result {
        try requireFile()
        let clock = VirtualClock(start: World.system.now())
        return try await use(try OrderBook.open(db, workflows: [], world: .virtual(clock)), body)
    }

    /// Opens the file to change it.
    ///
    /// - Parameters:
    ///   - workflows: versions that take new orders from now on, besides those that the file knows.
    ///   - isMade: whether a file that is not there is made.
    func writing<Result>(
        workflows: [WorkflowText] = [], isMade: Bool = false, world: World = .system,
        _ body: (OrderBook) async throws -> Result
    ) async throws -> Result {
        if !isMade { try requireFile() }
        if !exists { Output.error.line("waybill: \(db.printable) is new") }
        return try await use(try OrderBook.open(db, workflows: workflows, world: world), body)
    }

    private func use<Result>(
        _ book: OrderBook, _ body: (OrderBook) async throws -> Result
    ) async throws -> Result {
        defer { book.close() }
        return try await body(book)
    }

    private var exists: Bool { FileManager.default.fileExists(atPath: db) }

    private func requireFile() throws(CommandFailure) {
        guard !exists else { return }
        throw CommandFailure("\(db): there is no such file; `waybill demo --db \(db)` or an import makes one")
    }
}
