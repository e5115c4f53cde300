import Fixtures
import Foundation
import Testing
import WaybillStore

/// A path in a directory that is deleted with the object.
final class TemporaryFile: Sendable {
    private let temporary: TemporaryDirectory
    let path: String
    var directory: String { temporary.path }

    init() throws {
        temporary = try TemporaryDirectory()
        path = temporary.file("shop.db")
    }

    /// Changes bytes of the closed file.
    func overwrite(at offset: UInt64, with bytes: [UInt8]) throws {
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }

    /// Runs statements through SQLite's own shell, as another program would.
    func execute(_ sql: String) throws { _ = try rows(sql) }

    func rows(_ sql: String) throws -> String { try sqliteOutput(path, sql) }

    func bytes(of suffix: String = "") throws -> Int {
        guard FileManager.default.fileExists(atPath: path + suffix) else { return 0 }
        return try FileManager.default.attributesOfItem(atPath: path + suffix)[.size] as? Int ?? 0
    }
}

/// The failure that `body` throws, or nil if it throws none.
func failure(of body: () throws -> Void) -> StoreFailure? {
    do {
        try body()
        return nil
    } catch {
        return error as? StoreFailure
    }
}

/// Another program that reads the file, and keeps it open until it is stopped.
final class OutsideReader {
    private let shell = Process()
    private let input = Pipe()

    init(of file: TemporaryFile) throws {
        let output = Pipe()
        shell.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        shell.arguments = ["sqlite3", "-bail", file.path]
        shell.standardInput = input
        shell.standardOutput = output
        try shell.run()
        let begin = "BEGIN; SELECT count(*) FROM event; SELECT 'ready';\n"
        try input.fileHandleForWriting.write(contentsOf: Data(begin.utf8))
        var said = ""
        while !said.contains("ready") {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { break }
            said += String(decoding: data, as: UTF8.self)
        }
        #expect(said.contains("ready"))
    }

    func stop() {
        do { try input.fileHandleForWriting.close() } catch {}
        shell.waitUntilExit()
    }
}
