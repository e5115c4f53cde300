import Foundation
import Testing
import Waybill
import WaybillServer

/// A server whose reading connections are all in use.
@Suite(.serialized) struct `A server whose readers are busy` {
    /// One request on its own connection.
    private final class Caller {
        private let file: Int32

        init(port: Int, _ path: String) throws {
            file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let status = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            try #require(status == 0, "no connection")
            let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
            try #require(send(file, request, request.count, Int32(MSG_NOSIGNAL)) == request.count)
        }

        deinit { close(file) }

        /// The beginning of the answer; nil: none has come within so long.
        func answer(within milliseconds: Int32) -> String? {
            var wait = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, milliseconds) == 1 else { return nil }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = recv(file, &buffer, buffer.count, 0)
            return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
        }
    }

    /// Reads that hold a connection of the file each until they are let go.
    private final class HeldReads: Sendable {
        private let began = DispatchSemaphore(value: 0)
        private let end = DispatchSemaphore(value: 0)
        private let count: Int

        init(_ count: Int, of book: OrderBook) {
            self.count = count
            for _ in 0..<count {
                Thread { [self] in
                    do {
                        try book.readTables(deadline: .seconds(60)) { _ in
                            began.signal()
                            end.wait()
                        }
                    } catch {
                        Issue.record(error)
                    }
                }.start()
            }
            for _ in 0..<count { began.wait() }
        }

        func letGo() { for _ in 0..<count { end.signal() } }
    }

    @Test(.timeLimit(.minutes(1)))
    func `says at once that it lives, while requests that read wait in line`() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "r-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { do { try FileManager.default.removeItem(at: directory) } catch {} }
        var bookSettings = OrderBook.Settings()
        bookSettings.readers = 2
        let book = try OrderBook.open(
            directory.appendingPathComponent("shop.db").path, workflows: [], settings: bookSettings)
        var settings = BookServer.Settings()
        settings.http = HTTPAddress(host: "127.0.0.1", port: 0)
        settings.socket = .off
        settings.isOpen = true
        let server = BookServer(book, settings: settings)
        let (places, told) = AsyncStream.makeStream(of: ServedAt.self)
        let running = Task { try await server.run { told.yield($0) } }
        let port = try #require(await places.first { _ in true }?.http?.port)

        let held = HeldReads(bookSettings.readers, of: book)
        // More than the engine has threads, and the machine cores.
        let readers = try (0..<16).map { _ in try Caller(port: port, "/v1/stock") }
        let probes = try (0..<8).map { _ in try Caller(port: port, "/healthz") }
        for probe in probes { #expect(probe.answer(within: 10_000)?.hasPrefix("HTTP/1.1 200") == true) }
        for reader in readers { #expect(reader.answer(within: 0) == nil, "it did not wait for a reader") }
        held.letGo()
        for reader in readers { #expect(reader.answer(within: 30_000)?.hasPrefix("HTTP/1.1 ") == true) }
        running.cancel()
        _ = await running.result
        await book.close()
    }
}
