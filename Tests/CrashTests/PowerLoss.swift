import Foundation
import Testing

/// The victim's writes and syncs are recorded; the power goes after any of them, and what was not synced is dropped,
/// torn, or arrives in any order. Each state must open, and hold all that was answered before.
@Suite(.enabled(if: Recorder.isThere, "recording calls needs a compiler of C"), .serialized)
struct `A power loss after any call` {
    /// `make soak` looks at more.
    private static let states =
        ProcessInfo.processInfo.environment["WAYBILL_SOAK"] == nil ? 3_000 : 50_000

    /// Three lives of a shop: two end by a kill, and one in order.
    private static func record(_ file: CrashFile) throws -> Recording {
        for (life, answers) in [(1, 120), (2, 200)] {
            let victim = try Victim(
                file: file.path, seed: life, buyers: 3,
                environment: Recorder.environment(of: file, log: file.beside("log")))
            try #require(victim.killAfter(answers: answers))
        }
        let receive = ["stock", "receive", "item-1", "5", "--db", file.path]
        let environment = Recorder.environment(of: file, log: file.beside("log"))
        try #require(try run(executablePath(), receive, environment: environment).status == 0)
        let victim = try Victim(file: file.path, seed: 3, buyers: 3, environment: environment)
        try #require(victim.killAfter(answers: 40))
        return try Recording(of: file.beside("log"))
    }

    @Test func `leaves a file that opens, with all that was answered`() throws {
        let file = try CrashFile()
        let recording = try Self.record(file)
        var losses = PowerLosses(of: recording, dice: Dice(state: 0x5EED_0140))
        let outcome = try losses.judge(Self.states)
        #expect(outcome.looked == Self.states)
        #expect(outcome.problems.prefix(5) == [])
        // The states are worth something: in some of them much was answered, in some the log was restarted.
        #expect(outcome.answersMax > 150)
    }

    @Test func `is found out to lose answers when the disk lies about its syncs`() throws {
        let file = try CrashFile()
        let recording = try Self.record(file)
        var losses = PowerLosses(of: recording, dice: Dice(state: 0x5EED_0141), lyingAbout: "-wal")
        let outcome = try losses.judge(60)
        #expect(outcome.problems.contains { $0.contains("lost") })
    }

    /// A sync of the log fails once, and the disk never gets what it was for. The engine stops; the file is opened
    /// again, and its answers count.
    @Test(arguments: [3, 10, 40])
    func `loses no answer that came after a failed sync and another opening`(count: Int) throws {
        let file = try CrashFile()
        let log = file.beside("log")
        let stopped = try Victim(
            file: file.path, seed: 1, buyers: 3,
            environment: Recorder.environment(of: file, log: log, failing: "sync:-wal:\(count):\(EIO)"))
        stopped.waitForItsEnd()
        let next = try Victim(
            file: file.path, seed: 2, buyers: 3, environment: Recorder.environment(of: file, log: log))
        try #require(next.killAfter(answers: 15))
        let recording = try Recording(of: log)
        let failures = recording.calls.count { if case .sync(_, false) = $0 { true } else { false } }
        #expect(failures == 1)
        var losses = PowerLosses(of: recording, dice: Dice(state: 0x5EED_0142))
        let outcome = try losses.judge(40, lastCalls: 200)
        #expect(outcome.problems.prefix(5) == [])
    }
}

/// States of a disk after power losses, and what the file in them says when it is opened.
struct PowerLosses {
    struct Outcome {
        var looked = 0
        var answersMax = 0
        var problems: [String] = []
    }

    /// One state, to be opened.
    private struct State {
        let path: String
        let title: String
        let answered: [String: Int]
    }

    private let recording: Recording
    private var dice: Dice
    private let lie: String?

    init(of recording: Recording, dice: Dice, lyingAbout lie: String? = nil) {
        self.recording = recording
        self.dice = dice
        self.lie = lie
    }

    /// Looks at so many states, spread over all calls, or over the last ones.
    mutating func judge(_ count: Int, lastCalls: Int? = nil) throws -> Outcome {
        let directory = try Directory()
        var outcome = Outcome()
        var (disk, answered, states) = (Disk(), [String: Int](), [State]())
        disk.liesAbout = lie
        let first = lastCalls.map { max(0, recording.calls.count - $0) } ?? 0
        let span = max(1, recording.calls.count - first)
        var spoken = ""
        for (index, call) in recording.calls.enumerated() {
            disk.perform(call)
            if case .answer(let text) = call {
                spoken += text
                Self.take(&spoken, into: &answered)
            }
            guard index >= first else { continue }
            // As many at this call as bring the number up to its share.
            let due = count * (index - first + 1) / span
            while outcome.looked + states.count < due {
                let number = outcome.looked + states.count
                let loss = Disk.Loss.allCases[number % Disk.Loss.allCases.count]
                let path = try directory.write(disk.afterPowerLoss(loss, &dice), number: number)
                states.append(State(path: path, title: "call \(index), \(loss)", answered: answered))
                if states.count == 200 { try Self.open(&states, &outcome) }
            }
        }
        try Self.open(&states, &outcome)
        outcome.answersMax = answered.count
        return outcome
    }

    private static func take(_ spoken: inout String, into answered: inout [String: Int]) {
        guard let end = spoken.lastIndex(of: "\n") else { return }
        for line in spoken[...end].split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, let version = Int(words[1]) else { continue }
            answered[String(words[0])] = max(version, answered[String(words[0])] ?? 0)
        }
        spoken = String(spoken[spoken.index(after: end)...])
    }

    /// Opens the states in two processes and compares what is in them with what was answered.
    private static func open(_ states: inout [State], _ outcome: inout Outcome) throws {
        let waybill = try executablePath()
        let halves = [Array(states.prefix(states.count / 2)), Array(states.suffix(states.count - states.count / 2))]
        let said = Said()
        DispatchQueue.concurrentPerform(iterations: 2) { half in
            guard !halves[half].isEmpty else { return }
            do {
                let found = try run(waybill, ["open-states"] + halves[half].map(\.path))
                said.add(found.output)
            } catch {
                said.add("\(error)")
            }
        }
        let found = said.orders
        for state in states {
            outcome.looked += 1
            guard let orders = found[state.path] else {
                outcome.problems.append("\(state.title): no word of it")
                continue
            }
            switch orders {
            case .failure(let failure):
                outcome.problems.append("\(state.title): \(failure.message)")
            case .success(let versions):
                let lost = state.answered.filter { versions[$0.key] ?? 0 < $0.value }
                if !lost.isEmpty { outcome.problems.append("\(state.title): lost \(lost.count) answers") }
            }
            try FileManager.default.removeItem(atPath: (state.path as NSString).deletingLastPathComponent)
        }
        states = []
    }
}

/// What `waybill open-states` says of each file.
private final class Said: @unchecked Sendable {
    struct Failure: Error { let message: String }

    // Guarded by `lock`: two threads add.
    private let lock = NSLock()
    private var text = ""

    func add(_ output: String) { lock.withLock { text += output + "\n" } }

    var orders: [String: Result<[String: Int], Failure>] {
        var orders: [String: Result<[String: Int], Failure>] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: "\t").map(String.init)
            guard words.count >= 2 else { continue }
            if words[1] == "failed" {
                orders[words[0]] = .failure(Failure(message: words.dropFirst(2).joined(separator: " ")))
                continue
            }
            var versions: [String: Int] = [:]
            for order in words.dropFirst(2) {
                let parts = order.split(separator: " ")
                if parts.count == 2 { versions[String(parts[0])] = Int(parts[1]) }
            }
            orders[words[0]] = .success(versions)
        }
        return orders
    }
}

/// Where states lie: in memory, where there is such a place.
private final class Directory {
    private let url: URL

    init() throws {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let root =
            FileManager.default.isWritableFile(atPath: memory.path) ? memory : FileManager.default.temporaryDirectory
        url = root.appendingPathComponent("waybill-states-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { _ = try? FileManager.default.removeItem(at: url) }

    func write(_ files: [String: [UInt8]], number: Int) throws -> String {
        let place = url.appendingPathComponent("\(number)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for (name, bytes) in files where name.hasPrefix("shop.db") {
            try Data(bytes).write(to: place.appendingPathComponent(name))
        }
        return place.appendingPathComponent("shop.db").path
    }
}
