/// The ban on clocks and randomness outside `World`: what a test cannot turn, a replay cannot repeat.
enum ClockRules {
    /// What reads a clock, waits on one, or rolls a die. Written as it stands in code.
    static let banned = [
        "Date()", "Date.now", "Date(timeIntervalSinceNow", "ContinuousClock", "SuspendingClock", "DispatchTime.now",
        "DispatchWallTime", "timeout: .now()", "deadline: .now()", "asyncAfter", "Task.sleep", "Thread.sleep",
        "usleep(", "nanosleep(", "gettimeofday", "clock_gettime", "mach_absolute_time", "systemUptime",
        "CFAbsoluteTimeGetCurrent", "time(nil", "UUID()", "SystemRandomNumberGenerator", "arc4random", "getrandom",
        "getentropy", "drand48", "Timer.scheduledTimer", "makeTimerSource",
    ]

    /// In tests a name may be random, and nothing else; time is that of a virtual world.
    static let allowedInTests: Set<String> = ["UUID()"]

    /// Fine with a generator of one's own, banned without.
    static let needGenerator = [".random(", ".randomElement(", ".shuffled(", ".shuffle("]

    struct Exception: Sendable {
        let path: String
        let words: Set<String>
        let reason: String
    }

    static let exceptions = [
        Exception(
            path: "Tests/WaybillTests/Engine/CallsFromWithin.swift", words: ["timeout: .now()"],
            reason: "a call that waits for itself never ends; the limit after which the test says so"),
        Exception(
            path: "Tests/CrashTests/Victim.swift", words: ["Date(timeIntervalSinceNow", "usleep("],
            reason: "a kill at a real moment of a real process; no world to ask, by design"),
        Exception(
            path: "Tests/ServedTests/Shoppers.swift", words: ["Date(timeIntervalSinceNow"],
            reason: "how long a test waits for a real process; no world to ask, by design"),
        Exception(
            path: "Sources/WaybillTimeouts/SystemClocks.swift", words: ["clock_gettime", "Task.sleep"],
            reason: "the clocks of World.system"),
        Exception(
            path: "Sources/WaybillTimeouts/SystemRandom.swift",
            words: ["SystemRandomNumberGenerator", "arc4random", "getentropy"],
            reason: "the randomness of World.system"),
        Exception(
            path: "Sources/WaybillStore/Connection/ReaderGate.swift", words: ["Date(timeIntervalSinceNow"],
            reason: "how long a checkpoint waits for open reads"),
        Exception(
            path: "Sources/WaybillStore/Opening/WriteAheadLog/WALLocks.swift", words: ["timeout: .now()"],
            reason: "how long an opening waits for a program outside that writes"),
        Exception(
            path: "Sources/WaybillServer/LogLines.swift", words: ["timeout: .now()"],
            reason: "how long a process that ends waits for the reader of its log"),
        Exception(
            path: "Sources/WaybillStore/Modules/Deadline.swift", words: ["ContinuousClock"],
            reason: "when a module's statement has run too long; the store knows no world"),
        Exception(
            path: "Sources/WaybillBench/Report/Stopwatch.swift", words: ["ContinuousClock", "Task.sleep"],
            reason: "a benchmark measures real time, finer than World's milliseconds"),
        Exception(
            path: "Sources/FlashSale/Run/RushClock.swift", words: ["ContinuousClock", "Task.sleep"],
            reason: "a crowd in real time comes when it is due, and its waits are finer than World's milliseconds"),
    ]

    static func violations(in file: SourceFile, excepting exceptions: [Exception] = exceptions) -> [Violation] {
        let isTest = file.path.hasPrefix("Tests/")
        let excepted = exceptions.filter { $0.path == file.path }.reduce(into: Set()) { $0.formUnion($1.words) }
        var violations: [Violation] = []
        for (index, line) in file.codeLines.enumerated() {
            for word in banned where line.containsWord(word) && !excepted.contains(word) {
                if isTest, allowedInTests.contains(word) { continue }
                let message = "\(word) belongs to World; ask the world that was passed in"
                violations.append(Violation(path: file.path, line: index + 1, message: message))
            }
            for word in needGenerator where !excepted.contains(word) {
                for range in line.ranges(of: word) where !line[range.upperBound...].contains("using:") {
                    let message = "\(word) without `using:` takes the system's randomness; use a seeded generator"
                    violations.append(Violation(path: file.path, line: index + 1, message: message))
                }
            }
        }
        return violations
    }

    /// Exceptions that nothing needs any more.
    static func stale(_ files: [SourceFile]) -> [String] {
        exceptions.flatMap { exception in
            let code = files.first { $0.path == exception.path }?.code ?? ""
            return exception.words.filter { !code.contains($0) }.map { "\(exception.path): \($0)" }
        }
    }
}
