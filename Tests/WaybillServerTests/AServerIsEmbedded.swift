import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillServer

/// A program that has an order book open serves it.
@Suite(.timeLimit(.minutes(1))) struct `A server in a program` {
    @Test func `says where it serves, and ends when its task is cancelled`() async throws {
        let book = try OrderBook.inMemory(workflows: [])
        defer { book.close() }
        var settings = BookServer.Settings()
        settings.http = HTTPAddress(host: "127.0.0.1", port: 0)
        let server = BookServer(book, settings: settings)
        let (places, told) = AsyncStream.makeStream(of: ServedAt.self)
        let running = Task { try await server.run { told.yield($0) } }
        let at = try #require(await places.first { _ in true })
        #expect(at.http.map { $0.port > 0 } == true)
        #expect(at.socket == nil)
        running.cancel()
        _ = await running.result
    }

    @Test func `leaves its socket to its own user, whatever the program lets others do, and takes it away`()
        async throws
    {
        let book = try OrderBook.inMemory(workflows: [])
        defer { book.close() }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("w-\(UUID().uuidString.prefix(8))")
            .path
        var settings = BookServer.Settings()
        settings.http = nil
        settings.socket = .at(path: path)
        let server = BookServer(book, settings: settings)
        let (places, told) = AsyncStream.makeStream(of: ServedAt.self)
        let running = Task { try await server.run { told.yield($0) } }
        let at = try #require(await places.first { _ in true })
        #expect(at.http == nil && at.socket == path)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        running.cancel()
        _ = await running.result
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `makes its socket beside its file, and takes it away`() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "s-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { do { try FileManager.default.removeItem(at: directory) } catch {} }
        let file = directory.appendingPathComponent("shop.db").path
        let book = try OrderBook.open(file, workflows: [])
        defer { book.close() }
        var settings = BookServer.Settings()
        settings.http = nil
        let server = BookServer(book, settings: settings)
        let (places, told) = AsyncStream.makeStream(of: ServedAt.self)
        let running = Task { try await server.run { told.yield($0) } }
        let at = try #require(await places.first { _ in true })
        #expect(at.socket == file + ".sock" && at.http == nil)
        #expect(FileManager.default.fileExists(atPath: file + ".sock"))
        running.cancel()
        _ = await running.result
        #expect(!FileManager.default.fileExists(atPath: file + ".sock"))
    }

    @Test(.timeLimit(.minutes(1)))
    func `goes on with the operations that a server began, and leaves those of other programs`() async throws {
        let book = try OrderBook.inMemory()
        defer { book.close() }
        try await book.submit(StockCommand(.receive(9), of: StockKey(sku: "mug")))
        try await book.submit(
            OrderCommand(
                "place", of: "o-1", data: ["buyer": "ann", "sku": "mug", "at": "", "price_cents": 900, "limit": 2],
                workflow: "flash-sale", key: "k"))
        let change = BulkTimeoutChange(
            .extend(by: .minutes(15)), "unpaid.after.15m", where: OrderFilter(status: "awaiting payment"))
        let due = try #require(try await book.order("o-1")?.timeouts.first?.due)
        _ = try await book.engine.start(change)
        _ = try await book.engine.start(change, by: Origin(caller: "eva", reason: "a strike")) { _ in "{}" }
        var settings = BookServer.Settings()
        settings.http = HTTPAddress(host: "127.0.0.1", port: 0)
        let server = BookServer(book, settings: settings)
        let (places, told) = AsyncStream.makeStream(of: ServedAt.self)
        let running = Task { try await server.run { told.yield($0) } }
        _ = try #require(await places.first { _ in true })
        while try book.engine.job(2)?.isDone != true { await Task.yield() }
        #expect(try await book.order("o-1")?.timeouts.first?.due == due.advanced(by: .minutes(15)))
        #expect(try await book.unfinishedTimeoutJobs().count == 1)
        running.cancel()
        _ = await running.result
    }

    @Test func `leaves signals as they were before it`() async {
        await #expect(processExitsWith: .exitCode(7)) {
            signal(SIGTERM, SIG_IGN)
            signal(SIGINT, SIG_DFL)
            signal(SIGHUP, SIG_IGN)
            let book = try OrderBook.inMemory(workflows: [])
            var settings = BookServer.Settings()
            settings.http = HTTPAddress(host: "127.0.0.1", port: 0)
            for _ in 1...2 {
                let server = BookServer(book, settings: settings)
                let (places, told) = AsyncStream.makeStream(of: ServedAt.self)
                let running = Task { try await server.run { told.yield($0) } }
                _ = await places.first { _ in true }
                running.cancel()
                _ = await running.result
            }
            await book.close()
            let now = [SIGTERM, SIGINT, SIGHUP].map { number in
                var action = sigaction()
                sigaction(number, nil, &action)
                return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            }
            let (ignored, usual) = (unsafeBitCast(SIG_IGN, to: Int.self), unsafeBitCast(SIG_DFL, to: Int.self))
            exit(now == [ignored, usual, ignored] ? 7 : 1)
        }
    }

    @Test(arguments: ["0.0.0.0", "10.0.0.1", "example.com", "::"])
    func `does not serve where others reach it`(host: String) async throws {
        let book = try OrderBook.inMemory(workflows: [])
        defer { book.close() }
        var settings = BookServer.Settings()
        settings.http = HTTPAddress(host: host, port: 0)
        let server = BookServer(book, settings: settings)
        await #expect(throws: ServerFailure.self) { try await server.run() }
    }

    /// The examples of the documentation; they are compiled, not run.
    private func serve() async throws {
        let book = try OrderBook.open("shop.db")
        defer { book.close() }
        try await BookServer(book).run()
    }

    private func serveElsewhere() async throws {
        let book = try OrderBook.open("shop.db")
        defer { book.close() }
        var settings = BookServer.Settings()
        settings.http = HTTPAddress(host: "127.0.0.1", port: 8080)
        settings.socket = .at(path: "shop.db.sock")
        try await BookServer(book, settings: settings).run { at in print("serves at", at) }
    }

    @Test func `is written as the documentation shows it`() throws {
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let page = try String(
            contentsOf: package.appendingPathComponent("Sources/Waybill/Waybill.docc/Serving.md"), encoding: .utf8)
        let block = try #require(page.firstMatch(of: /```swift\n([^`]*)```/)?.1)
        let lines = block.split(separator: "\n")
        let code = source.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let start = try #require(code.lastIndex(of: "private func serveElsewhere() async throws {"))
        #expect(code[(start + 1)...].prefix(lines.count).elementsEqual(lines.map { String($0) }))
    }
}
