import Foundation
import Testing

/// `waybill backup` is recorded call by call, and the power goes after any of them: under the name of the copy there is
/// nothing or the whole of it.
@Suite(.enabled(if: Recorder.isThere, "recording calls needs a compiler of C"), .serialized)
struct `A backup whose disk fails` {
    private func shop() throws -> CrashFile {
        let file = try CrashFile()
        for number in 1...3 {
            let outcome = try run(executablePath(), ["stock", "receive", "item-\(number)", "5", "--db", file.path])
            try #require(outcome.status == 0, "\(outcome.output)")
        }
        return file
    }

    private func backUp(_ file: CrashFile, failing fault: String? = nil) throws -> (status: Int32, output: String) {
        let log = file.beside("log")
        try? FileManager.default.removeItem(atPath: log)
        return try run(
            executablePath(), ["backup", file.path + "-copy", "--db", file.path],
            environment: Recorder.environment(of: file, log: log, failing: fault))
    }

    @Test func `is there whole or not at all after a power loss`() throws {
        let file = try shop()
        let outcome = try backUp(file)
        try #require(outcome.status == 0, "\(outcome.output)")
        let recording = try Recording(of: file.beside("log"))
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: file.path + "-copy")))
        var dice = Dice(state: 0x5EED_0201)
        var disk = Disk()
        var (there, looked) = (0, 0)
        for call in recording.calls {
            disk.perform(call)
            for loss in Disk.Loss.allCases {
                looked += 1
                guard let copy = disk.afterPowerLoss(loss, &dice)["shop.db-copy"] else { continue }
                there += 1
                #expect(copy == whole, "\(loss) after \(there) looks: a copy of \(copy.count) bytes")
            }
        }
        #expect(there > 0 && there < looked)
        // When the command has said that it is there, it is.
        #expect(disk.afterPowerLoss(.all, &dice)["shop.db-copy"] == whole)
    }

    @Test(arguments: ["sync:-copy.part:1:\(EIO)", "write:-copy.part:1:\(ENOSPC)", "write:-copy.part:1:\(EIO)"])
    func `is not there when a call fails`(fault: String) throws {
        let file = try shop()
        try Data("older".utf8).write(to: URL(fileURLWithPath: file.beside("older.db")))
        let outcome = try backUp(file, failing: fault)
        #expect(outcome.status == 2, "\(outcome.output)")
        #expect(!FileManager.default.fileExists(atPath: file.path + "-copy"))
        #expect(!FileManager.default.fileExists(atPath: file.path + "-copy.part"))
        let again = try backUp(file)
        #expect(again.status == 0, "\(again.output)")
        let verified = try run(executablePath(), ["verify", file.path + "-copy"])
        #expect(verified.status == 0, "\(verified.output)")
        #expect(try String(contentsOfFile: file.beside("older.db"), encoding: .utf8) == "older")
    }
}
