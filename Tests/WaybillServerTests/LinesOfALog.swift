import Foundation
import Logging
import Synchronization
import Testing
import WaybillCore
import WaybillServer

/// A log whose reader takes nothing, such as a pipe that is not read or a terminal that was stopped.
@Suite struct `The lines of a log` {
    /// What writes lines, and takes none until it is let go.
    private final class StuckReader: Sendable {
        private let gate = DispatchSemaphore(value: 0)
        private let taken = Mutex<[UInt8]>([])

        func take(_ lines: [UInt8]) {
            gate.wait()
            taken.withLock { $0 += lines }
            gate.signal()
        }

        func letGo() { gate.signal() }

        var lines: [String] {
            String(decoding: taken.withLock { $0 }, as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ServerLog.Form.allCases)
    func `are dropped and counted while they are not taken, and who logs does not wait`(form: ServerLog.Form) throws {
        let reader = StuckReader()
        let lines = LogLines(label: "test") { reader.take($0) }
        let log = ServerLog(form: form).logger(to: lines) { Moment(milliseconds: 0) }
        let long = String(repeating: "x", count: 2_000)
        for _ in 1...2_000 { log.warning("\(long)") }
        reader.letGo()
        lines.flush()
        let written = reader.lines
        let kept = written.count { $0.contains(long) }
        #expect(kept > 100 && kept * 2_000 <= LogLines.bytesMax)
        // The writer may take the first lines before the last ones are dropped, and then tells twice.
        let told = written.filter { $0.contains("lines were dropped here") }
        #expect((1...2).contains(told.count) && written.count == kept + told.count)
        let counts = told.compactMap { $0.components(separatedBy: " lines were").first?.split { !$0.isNumber }.last }
        #expect(counts.compactMap { Int($0) }.reduce(0, +) == 2_000 - kept, "\(told)")
        log.warning("goes on")
        lines.flush()
        #expect(reader.lines.last?.contains("goes on") == true)
    }

    @Test func `end with what was said, and leave a reader that takes nothing behind`() {
        let reader = StuckReader()
        let lines = LogLines(label: "test") { reader.take($0) }
        let log = ServerLog().logger(to: lines) { Moment(milliseconds: 0) }
        log.warning("the last word")
        lines.flush()
        #expect(reader.lines.isEmpty)
        reader.letGo()
        lines.flush()
        #expect(reader.lines.count == 1)
    }

    @Test func `are cut by bytes in JSON, the texts about them too, and stay objects`() throws {
        let reader = StuckReader()
        reader.letGo()
        let lines = LogLines(label: "test") { reader.take($0) }
        let log = ServerLog(form: .json).logger(to: lines) { Moment(milliseconds: 0) }
        let long = String(repeating: "é", count: 10_000)
        log.warning("a\(long)", metadata: ["about": "\(long)"])
        lines.flush()
        let line = try #require(reader.lines.first)
        #expect(line.utf8.count < 8_400, "\(line.utf8.count)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect((object["message"] as? String)?.utf8.count == 4_095)
        #expect((object["about"] as? String)?.utf8.count == 4_096)
    }
}
