import Foundation
import Testing

/// The Python program that shops, and what it was told.
final class Shoppers {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let told = ToldLines()

    init(port: Int, clients: Int, seed: Int, freshKeys: Bool = false) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("shoppers.py")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["python3", script.path, "\(port)", "\(clients)", "\(seed)"] + (freshKeys ? ["--fresh-keys"] : [])
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        Thread.detachNewThread { [told, reading = output.fileHandleForReading] in
            while true {
                let data = reading.availableData
                told.add(data)
                if data.isEmpty { return }
            }
        }
    }

    deinit { if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) } }

    /// Waits until this many more answers have come; false: it ended, or a minute went by.
    func wait(forAnswers count: Int) -> Bool { told.wait(forMore: count) }

    /// How many requests have lost their server so far.
    var unansweredCount: Int { told.lines.count { $0.contains(#""unanswered""#) } }

    /// What they were told so far.
    var linesSoFar: [String] { told.lines }

    /// Lets each finish its order, and answers all that they were told.
    func history() throws -> History {
        try input.fileHandleForWriting.close()
        try #require(told.waitForEnd(), "the shoppers do not come to an end")
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try History(told.lines)
    }
}

/// What the shoppers know for sure.
struct History {
    /// A step of an order that was answered.
    struct Done: Hashable {
        let order: String
        let step: String
        let version: Int
        let isRepeat: Bool
    }

    private(set) var done: [Done] = []
    private(set) var refused: [String] = []
    /// Requests whose server died.
    private(set) var unanswered = 0
    /// Requests that a server which stops has sent away.
    private(set) var toldToWait = 0
    /// Requests whose answer was lost.
    private(set) var lost = 0

    init(_ lines: [String]) throws {
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let fact = try #require(object as? [String: Any])
            if let order = fact["done"] as? String {
                done.append(
                    Done(
                        order: order, step: try #require(fact["step"] as? String),
                        version: try #require(fact["version"] as? Int),
                        isRepeat: try #require(fact["repeated"] as? Bool)))
            }
            if fact["refused"] != nil { refused.append(line) }
            if fact["unanswered"] != nil { unanswered += 1 }
            if fact["told_to_wait"] != nil { toldToWait += 1 }
            if fact["lost"] != nil { lost += 1 }
        }
    }
}

/// How long a test waits for a real process.
struct Deadline {
    private let date: Date

    init(seconds: Double) { date = Date(timeIntervalSinceNow: seconds) }

    /// Waits for a signal of a condition that is locked; false: the time is over.
    func wait(for condition: NSCondition) -> Bool { condition.wait(until: date) }

    var isOver: Bool { date.timeIntervalSinceNow < 0 }

    /// How long it has been over; below 0: it is not.
    var secondsOver: Double { -date.timeIntervalSinceNow }
}

/// Lines as they come.
private final class ToldLines: @unchecked Sendable {
    // Unchecked: guarded by `condition`; the pipe's thread writes, the test waits.
    private let condition = NSCondition()
    private var bytes = Data()
    private var count = 0
    private var hasEnded = false

    func add(_ data: Data) {
        condition.lock()
        bytes.append(data)
        count += data.count { $0 == UInt8(ascii: "\n") }
        if data.isEmpty { hasEnded = true }
        condition.broadcast()
        condition.unlock()
    }

    func wait(forMore more: Int) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        let wanted = count + more
        let deadline = Date(timeIntervalSinceNow: 60)
        while count < wanted {
            guard !hasEnded, condition.wait(until: deadline) else { return false }
        }
        return true
    }

    func waitForEnd() -> Bool {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date(timeIntervalSinceNow: 60)
        while !hasEnded {
            guard condition.wait(until: deadline) else { return hasEnded }
        }
        return true
    }

    var lines: [String] {
        condition.lock()
        defer { condition.unlock() }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
