import Foundation
import Testing

/// The built executable under load, and the end that the test gives it.
final class Victim {
    private let process = Process()
    private let output = Pipe()
    private let acknowledged = Acknowledged()

    /// Starts `waybill load`, or another command of its kind, on a file.
    init(
        file: String, seed: Int, command: String = "load", buyers: Int? = nil, environment: [String: String]? = nil
    ) throws {
        process.executableURL = URL(fileURLWithPath: try executablePath())
        process.arguments = [command, "--db", file, "--seed", "\(seed)"]
        if let buyers { process.arguments?.append(contentsOf: ["--buyers", "\(buyers)"]) }
        if let environment { process.environment = environment }
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // One reader, so that what was said stays in order.
        Thread.detachNewThread { [acknowledged, reading = output.fileHandleForReading] in
            while true {
                let data = reading.availableData
                acknowledged.add(data)
                if data.isEmpty { return }
            }
        }
    }

    /// Waits until this many answers came, then kills the process at once; false when it ended by itself.
    func killAfter(answers: Int) -> Bool {
        let cameFar = acknowledged.wait(forLines: answers)
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        acknowledged.waitForEnd()
        return cameFar && process.terminationReason == .uncaughtSignal
    }

    /// Kills the process so many microseconds after its start: while it opens and recovers the file.
    func killAfter(microseconds: UInt32) {
        usleep(microseconds)
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        acknowledged.waitForEnd()
    }

    /// Kills the process so many microseconds after one of some files has appeared.
    func kill(after files: [String], microseconds: UInt32) {
        while files.allSatisfy({ access($0, F_OK) != 0 }), process.isRunning {}
        killAfter(microseconds: microseconds)
    }

    /// Waits until it has given this many answers; false when it ended before.
    func answers(_ count: Int) -> Bool { acknowledged.wait(forLines: count) }

    /// Whether it ends by itself within so many seconds; if not, it is killed.
    func ends(within seconds: Double) -> Bool {
        let hasEnded = acknowledged.waitForEnd(within: seconds)
        if !hasEnded { Foundation.kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return hasEnded
    }

    /// Waits until it ends by itself.
    func waitForItsEnd() {
        process.waitUntilExit()
        acknowledged.waitForEnd()
    }

    /// The newest version that was acknowledged of each order. A line that was cut off by the kill was no answer.
    var versions: [String: Int] { acknowledged.versions }

    /// All that was said, in order, without a line that was cut off by the kill.
    var lines: [String] { acknowledged.wholeLines }
}

/// What the victim said, line by line.
private final class Acknowledged: @unchecked Sendable {
    // Guarded by `condition`: the pipe's handler writes, the test waits.
    private let condition = NSCondition()
    private var bytes = Data()
    private var lines = 0
    private var hasEnded = false

    func add(_ data: Data) {
        condition.lock()
        bytes.append(data)
        lines += data.count { $0 == UInt8(ascii: "\n") }
        if data.isEmpty { hasEnded = true }
        condition.broadcast()
        condition.unlock()
    }

    /// Returns when everything that was said has been read.
    func waitForEnd() {
        condition.lock()
        defer { condition.unlock() }
        while !hasEnded { condition.wait() }
    }

    /// False when so many seconds go by before the end.
    func waitForEnd(within seconds: Double) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date(timeIntervalSinceNow: seconds)
        while !hasEnded {
            guard condition.wait(until: deadline) else { return hasEnded }
        }
        return true
    }

    /// False when a minute goes by without that many lines.
    func wait(forLines wanted: Int) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date(timeIntervalSinceNow: 60)
        while lines < wanted {
            guard !hasEnded, condition.wait(until: deadline) else { return false }
        }
        return true
    }

    var wholeLines: [String] {
        condition.lock()
        defer { condition.unlock() }
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        return String(decoding: bytes[...end], as: UTF8.self).split(separator: "\n").map(String.init)
    }

    var versions: [String: Int] {
        var versions: [String: Int] = [:]
        for line in wholeLines {
            let words = line.split(separator: " ")
            guard words.count == 2, let version = Int(words[1]) else { continue }
            versions[String(words[0])] = max(version, versions[String(words[0])] ?? 0)
        }
        return versions
    }
}

/// A database file in a directory of its own, which goes with it.
final class CrashFile {
    private let directory: URL
    private let others: URL
    var path: String { directory.appendingPathComponent("shop.db").path }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("waybill-crash-\(UUID().uuidString)")
        others = directory.deletingLastPathComponent().appendingPathComponent(directory.lastPathComponent + "-beside")
        for url in [directory, others] {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }
    }

    deinit {
        _ = try? FileManager.default.removeItem(at: directory)
        _ = try? FileManager.default.removeItem(at: others)
    }

    /// A path for what is not the victim's, outside the directory of the file.
    func beside(_ name: String) -> String { others.appendingPathComponent(name).path }

    /// The rows that `sqlite3` finds, each with its columns.
    func rows(_ sql: String) throws -> [[String]] {
        let found = try run("/usr/bin/sqlite3", [path, sql])
        try #require(found.status == 0, "\(found.output)")
        return found.output.split(separator: "\n").map {
            $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// What a command says in each of its lives, which all end by a kill after some answers; each goes on with the file
    /// that the last one left.
    func lives(of command: String, kills: Int, answers: ClosedRange<Int>, dice seed: UInt64) throws -> [[String]] {
        var dice = Dice(state: seed)
        return try (1...kills).map { round in
            let victim = try Victim(file: path, seed: round, command: command)
            let wasKilled = victim.killAfter(answers: answers.lowerBound + Int(dice.next() % UInt64(answers.count)))
            try #require(wasKilled, "round \(round): the process ended by itself, or gave no answers")
            return victim.lines
        }
    }

    /// What a command says in its last life, in which it works off everything and ends by itself.
    func drained(by command: String) throws -> [String] {
        let rest = try run(executablePath(), [command, "--db", path, "--seed", "99", "--drain"])
        try #require(rest.status == 0, "\(rest.output)")
        return rest.output.split(separator: "\n").map(String.init)
    }

    func verify() throws -> (status: Int32, output: String) { try run(executablePath(), ["verify", path]) }
}

/// Beside the test runner, where the build puts all executables.
func executablePath() throws -> String {
    var directory = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    while directory.path != "/" {
        let candidate = directory.appendingPathComponent("waybill").path
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: candidate, isDirectory: &isDirectory), !isDirectory.boolValue {
            return candidate
        }
        directory.deleteLastPathComponent()
    }
    throw NoExecutable()
}

struct NoExecutable: Error, CustomStringConvertible {
    var description: String { "there is no executable `waybill` beside the tests; run `swift build` first" }
}

/// Runs a command to its end.
func run(
    _ path: String, _ arguments: [String], environment: [String: String]? = nil
) throws -> (status: Int32, output: String) {
    let process = Process()
    if let environment { process.environment = environment }
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}
