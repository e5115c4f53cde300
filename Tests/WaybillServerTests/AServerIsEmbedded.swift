import Foundation
import Testing
import Waybill
import WaybillServer

/// A program that has an order book open serves it.
@Suite struct `A server in a program` {
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

    @Test(arguments: ["0.0.0.0", "10.0.0.1", "example.com", "::"])
    func `does not serve where others reach it`(host: String) async throws {
        let book = try OrderBook.inMemory(workflows: [])
        defer { book.close() }
        var settings = BookServer.Settings()
        settings.http = HTTPAddress(host: host, port: 0)
        let server = BookServer(book, settings: settings)
        await #expect(throws: ServerFailure.self) { try await server.run() }
    }

    /// The example of the documentation; it is compiled, not run.
    private func serve() async throws {
        let book = try OrderBook.open("shop.db")
        defer { book.close() }
        try await BookServer(book).run()
    }
}
