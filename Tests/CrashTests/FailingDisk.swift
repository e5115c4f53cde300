import Foundation
import Testing

/// One call of a disk fails, once: a write or a sync of the write-ahead log.
@Suite(.enabled(if: Recorder.isThere, "letting a call fail needs a compiler of C"))
struct `A disk that fails once` {
    private struct Shop {
        let file: CrashFile

        init() throws {
            file = try CrashFile()
            try #require(try receive("first").status == 0)
        }

        func receive(_ key: String, failing fault: String? = nil) throws -> (status: Int32, output: String) {
            try run(
                executablePath(), ["stock", "receive", "mug", "1", "--key", key, "--db", file.path],
                environment: Recorder.environment(of: file, log: file.beside("log"), failing: fault))
        }

        func bootNumber() throws -> Int {
            try #require(Int(try file.rows("SELECT value FROM setting WHERE name = 'boot'")[0][0]))
        }
    }

    @Test(arguments: [("write", ENOSPC), ("write", EIO), ("sync", EIO), ("sync", ENOSPC)])
    func `under the number of an opening ends that opening, and no number is used twice`(
        call: String, error: Int32
    ) throws {
        let shop = try Shop()
        var numbers: Set<Int> = [try shop.bootNumber()]
        for round in 1...3 {
            let failed = try shop.receive("failed-\(round)", failing: "\(call):-wal:1:\(error)")
            #expect(failed.status == 2, "\(failed.output)")
            #expect(try shop.receive("fine-\(round)").status == 0)
            #expect(numbers.insert(try shop.bootNumber()).inserted)
        }
        let verified = try shop.file.verify()
        #expect(verified.status == 0, "\(verified.output)")
    }

    /// Whichever sync of a command fails: its opening's, or its commit's.
    @Test func `makes the outcome of a commit unknown, and the same key gives the true answer`() throws {
        let shop = try Shop()
        var (received, unknown) = (1, 0)
        for count in 1...12 {
            let key = "key-\(count)"
            let outcome = try shop.receive(key, failing: "sync:-wal:\(count):\(EIO)")
            if outcome.status == 75 {
                unknown += 1
                #expect(outcome.output.contains("outcome_unknown"), "\(outcome.output)")
                #expect(outcome.output.contains("send it again with the same key"), "\(outcome.output)")
            } else {
                #expect([0, 2].contains(outcome.status), "\(count): \(outcome.output)")
            }
            let again = try shop.receive(key)
            received += 1
            #expect(again.status == 0)
            #expect(again.output.hasPrefix("mug: \(received) free"), "\(count): \(again.output)")
        }
        #expect(unknown > 0)
    }
}
