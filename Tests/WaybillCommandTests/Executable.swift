import Foundation
import Testing

/// What a command printed, and how it ended.
struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The output as JSON.
    func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed) }

    func object() throws -> [String: Any] { try #require(try json() as? [String: Any]) }
    func array() throws -> [[String: Any]] { try #require(try json() as? [[String: Any]]) }
}

/// The built executable, started in a directory of its own that goes when the test ends.
final class Executable {
    let directory: URL

    init() throws {
        let name = "waybill-command-\(UUID().uuidString)"
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { _ = try? FileManager.default.removeItem(at: directory) }

    /// Beside the test runner, where the build puts all executables.
    static let path: String = {
        var directory = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        while directory.path != "/" {
            let candidate = directory.appendingPathComponent("waybill").path
            if FileManager.default.isExecutableFile(atPath: candidate), !isDirectory(candidate) { return candidate }
            directory.deleteLastPathComponent()
        }
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return package.appendingPathComponent(".build/debug/waybill").path
    }()

    private static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    /// Writes a file into the directory, and answers its name there.
    @discardableResult
    func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: directory.appendingPathComponent(name))
        return name
    }

    /// Runs `waybill` with arguments, in the directory.
    @discardableResult
    func run(_ arguments: String..., input: String = "") throws -> Outcome {
        try start(Self.path, arguments, input: input)
    }

    func run(_ arguments: [String]) throws -> Outcome { try start(Self.path, arguments, input: "") }

    /// Runs a line of bash in which `$waybill` is the executable.
    func shell(_ script: String) throws -> Outcome { try start("/bin/bash", ["-c", script], input: "") }

    private func start(_ executable: String, _ arguments: [String], input: String) throws -> Outcome {
        // Files, not pipes: nobody has to read while the command writes.
        let name = UUID().uuidString
        try file("\(name).in", input)
        try file("\(name).out", "")
        try file("\(name).err", "")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.environment = ["PATH": "/usr/bin:/bin", "waybill": Self.path, "TMPDIR": directory.path]
        process.standardInput = FileHandle(forReadingAtPath: path("\(name).in"))
        process.standardOutput = FileHandle(forWritingAtPath: path("\(name).out"))
        process.standardError = FileHandle(forWritingAtPath: path("\(name).err"))
        try process.run()
        process.waitUntilExit()
        let killed: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
        return Outcome(
            status: process.terminationStatus + killed, output: try text("\(name).out"),
            errors: try text("\(name).err"))
    }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: directory.appendingPathComponent(name)), as: UTF8.self)
    }
}

/// A workflow without stock, so that tests need none.
let ticket = """
    id: ticket
    version: 3
    commands:
      open: {data: {buyer: text, cents: cents}}
      pay: {by: payments, key: payment, data: {payment: text, cents: cents}}
      close: {by: staff}
    context: {buyer: text, cents: cents, paid: cents}
    attributes: [buyer]
    status: CASE WHEN IN_STATE('unpaid') THEN 'unpaid' WHEN IN_STATE('paid') THEN 'paid' ELSE 'closed' END
    initial: unpaid
    states:
      unpaid:
        after: {pay_due: {in: 30m, target: closed}}
        on:
          pay: {guard: event.cents >= cents, target: paid, actions: [{assign: {paid: + event.cents}}]}
          close: closed
      paid: {entry: [{send: {topic: tickets, tag: paid}}], on: {close: closed}}
      closed: {type: final}
    """
