import Foundation
import Testing

/// A file in its own directory, served by the built executable; the directory goes with it.
final class ServedFile {
    let directory: URL
    /// In its directory, or in folders of it.
    private let name: String
    var path: String { directory.appendingPathComponent(name).path }
    /// The port that the first server got, and every later one has.
    private(set) var port = 0
    private var server: Process?
    /// Of the server, besides what this process has.
    var environment: [String: String] = [:]
    /// Where servers say what goes wrong; nil: in the file `errors` of the directory.
    var errors: FileHandle?
    /// What servers have said on their standard output.
    private(set) var said = ""

    init(named name: String = "shop.db") throws {
        self.name = name
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "served-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    }

    deinit {
        kill(SIGKILL)
        _ = try? FileManager.default.removeItem(at: directory)
    }

    /// Starts `waybill serve`, and returns when it takes requests.
    func serve(_ arguments: String...) throws { try serve(arguments) }

    /// The same with words in a list.
    func serve(_ arguments: [String]) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: try executablePath())
        process.arguments =
            ["serve", "--db", path, "--create", "--http", "127.0.0.1:\(port)"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, own in own }
        process.standardOutput = output
        let file = FileHandle(forWritingAtPath: try errorsFile())
        process.standardError = errors ?? file
        try process.run()
        server = process
        var line = ""
        while !line.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            let said = try text(of: "errors")
            try #require(!data.isEmpty, "the server ended before it served: \(said)")
            line += String(decoding: data, as: UTF8.self)
        }
        said += line
        let address = try #require(
            line.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("http://") || $0.hasPrefix("https://") },
            "\(line)")
        port = try #require(address.split(separator: ":").last.flatMap { Int($0) }, "\(line)")
    }

    /// The most memory that the server has had, in KiB.
    func memoryPeak() throws -> Int { try kilobytes(of: "VmHWM") }

    /// Bytes of memory that the server has.
    func residentBytes() throws -> Int { try kilobytes(of: "VmRSS") * 1_024 }

    private func kilobytes(of name: String) throws -> Int {
        let id = try #require(server?.processIdentifier)
        let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("\(name):") })
        return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }

    /// Sends a signal to the server.
    func signal(_ signal: Int32) {
        if let server { Foundation.kill(server.processIdentifier, signal) }
    }

    /// Sends a signal to the server, and waits until it has ended; answers how.
    @discardableResult
    func kill(_ signal: Int32) -> (reason: Process.TerminationReason, status: Int32)? {
        guard let server else { return nil }
        Foundation.kill(server.processIdentifier, signal)
        server.waitUntilExit()
        self.server = nil
        return (server.terminationReason, server.terminationStatus)
    }

    /// What a command of the executable prints on this file.
    func run(_ arguments: String...) throws -> (status: Int32, output: String) {
        try start(executablePath(), arguments)
    }

    /// The rows that `sqlite3` finds, each with its columns.
    func rows(_ sql: String) throws -> [[String]] {
        let found = try start("/usr/bin/sqlite3", [path, sql])
        try #require(found.status == 0, "\(found.output)")
        return found.output.split(separator: "\n").map {
            $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// Runs curl on the socket beside the file. A server that never answers fails the test, which does not hang.
    func curl(_ arguments: String...) throws -> (status: Int32, output: String) {
        try start("/usr/bin/curl", ["-sS", "--max-time", "60", "--unix-socket", path + ".sock"] + arguments)
    }

    func start(_ executable: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    private func errorsFile() throws -> String {
        let path = directory.appendingPathComponent("errors").path
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
        return path
    }

    func text(of name: String) throws -> String {
        String(decoding: try Data(contentsOf: directory.appendingPathComponent(name)), as: UTF8.self)
    }
}

/// Beside the test runner, where the build puts all executables.
func executablePath() throws -> String {
    var directory = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    while directory.path != "/" {
        let candidate = directory.appendingPathComponent("waybill").path
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: candidate, isDirectory: &isDirectory), !isDirectory.boolValue,
            FileManager.default.isExecutableFile(atPath: candidate)
        {
            return candidate
        }
        directory.deleteLastPathComponent()
    }
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    return package.appendingPathComponent(".build/debug/waybill").path
}
