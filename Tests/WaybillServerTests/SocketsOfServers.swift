import Foundation
import Logging
import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillHTTP
import WaybillServer

/// Where a server makes its socket, nothing that is there is lost.
@Suite(.timeLimit(.minutes(1))) struct `The socket of a server` {
    private let directory: URL
    private var path: String { directory.appendingPathComponent("s").path }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("w-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    /// Serves until the body has ended.
    private func serving(
        http: HTTPAddress? = nil, socket: String?, _ body: (ServedAt) async throws -> Void
    ) async throws {
        let book = try OrderBook.inMemory(workflows: [])
        defer { book.close() }
        let server = BookServer(book, settings: Self.settings(http: http, socket: socket))
        let (places, told) = AsyncStream.makeStream(of: ServedAt.self)
        let running = Task {
            defer { told.finish() }
            try await server.run { told.yield($0) }
        }
        if let at = await places.first(where: { _ in true }) { try await body(at) }
        running.cancel()
        try await running.value
    }

    private static func settings(http: HTTPAddress?, socket: String?) -> BookServer.Settings {
        var settings = BookServer.Settings()
        settings.http = http
        settings.socket = socket.map { .at(path: $0) } ?? .off
        return settings
    }

    /// Why a server does not serve; nil: it does.
    private func failure(http: HTTPAddress? = nil, socket: String?) async throws -> ServerFailure? {
        do {
            try await serving(http: http, socket: socket) { _ in }
            return nil
        } catch let failure as ServerFailure {
            return failure
        }
    }

    private func inode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    }

    @Test func `is made in the place of no file, which stays as it is`() async throws {
        try Data("orders".utf8).write(to: URL(fileURLWithPath: path))
        let refused = try #require(try await failure(socket: path))
        #expect(refused.kind == .badSetting && refused.description.contains("no socket"), "\(refused)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("orders".utf8))
    }

    @Test func `is made in the place of no other server's, which goes on`() async throws {
        try await serving(socket: path) { _ in
            let before = try inode(path)
            let refused = try #require(try await failure(socket: path))
            #expect(refused.kind == .addressTaken && refused.description.contains(path), "\(refused)")
            #expect(try inode(path) == before)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `is made in the place of one that a killed server left`() async throws {
        try bindAndForget()
        try await serving(socket: path) { at in #expect(at.socket == path) }
    }

    @Test(arguments: [100, 103, 104, 107, 160])
    func `is made at a path of any length whose name is short`(bytes: Int) async throws {
        let folder = directory.appendingPathComponent(
            String(repeating: "f", count: bytes - directory.path.utf8.count - 3))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appendingPathComponent("s").path
        #expect(path.utf8.count == bytes)
        try await serving(socket: path) { at in
            #expect(at.socket == path)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        let long = directory.appendingPathComponent(String(repeating: "n", count: 100)).path
        let refused = try #require(try await failure(socket: long))
        #expect(refused.kind == .badSetting && refused.description.contains("are possible"), "\(refused)")
    }

    @Test(arguments: ["shop.db", "shop.db-wal", "shop.db-shm", "shop.db.lock", "./sub/../shop.db-wal"])
    func `is none of the files of the orders, whether they are there yet or not`(name: String) throws {
        let socket = "\(directory.path)/\(name)"
        let settings = Self.settings(http: nil, socket: socket)
        #expect(throws: ServerFailure.self) {
            try settings.check(socket: socket, beside: directory.path + "/shop.db")
        }
        #expect(throws: Never.self) { try settings.check(socket: socket, beside: directory.path + "/other.db") }
    }

    @Test func `and its address are named when they cannot be had`() async throws {
        try await serving(http: HTTPAddress(host: "127.0.0.1", port: 0), socket: nil) { at in
            let address = try #require(at.http)
            let taken = try #require(try await failure(http: address, socket: nil))
            #expect(taken.kind == .addressTaken, "\(taken)")
            #expect(taken.description.contains("\(address)") && taken.description.contains("--http"), "\(taken)")
        }
        let nowhere = directory.appendingPathComponent("none/s").path
        let refused = try #require(try await failure(socket: nowhere))
        #expect(refused.kind == .addressTaken && refused.description.contains(nowhere), "\(refused)")
    }

    @Test func `is its user's alone from the moment it is made, and other files are made as before`() async throws {
        // What a program has that embeds a server.
        _ = umask(0o022)
        let book = try OrderBook.inMemory(workflows: [])
        defer { book.close() }
        let api = API(try Served(ServedBook(book), tokens: TokenTable([])))
        let (modes, told) = AsyncStream.makeStream(of: mode_t.self)
        let face = HTTPFace(api, at: .socket(path: path), logger: Logger(label: "test")) { [path] _ in
            var status = stat()
            told.yield(lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0)
        }
        let running = Task {
            defer { told.finish() }
            try await face.run()
        }
        let mode = await modes.first { _ in true }
        #expect(mode == 0o700, "nothing has set its mode yet")
        let mask = umask(0o022)
        #expect(mask == 0o022)
        running.cancel()
        _ = await running.result
    }

    /// Makes a socket at the path and closes it, as a process that is killed does.
    private func bindAndForget() throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(status == 0)
    }
}
