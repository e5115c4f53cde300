import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillEngine

/// A history is checked as a whole before anything of it is used: whatever is wrong is said with its place, and the
/// order book stays empty.
@Suite struct `A history file` {
    private static let good = #"{"at":"2026-01-01T00:00:00Z","stock":"receive","sku":"mug","quantity":1}"#

    /// Imports, expects findings, and sees that nothing came in.
    private func findings(_ bytes: [UInt8], limits: InputLimits = InputLimits()) throws -> [InputFinding] {
        let directory = try TemporaryDirectory()
        let path = try directory.write(bytes, to: "h.jsonl")
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: Moment(milliseconds: 0))))
        do {
            _ = try Import().run(HistoryFile(path, workflow: nil, mode: .strict, limits: limits), into: book)
        } catch {
            #expect(book.engine.lastPosition == Position(0))
            return try #require((error as? InputFindings)?.first ?? (error as? InputFinding).map { [$0] }, "\(error)")
        }
        return []
    }

    private func finding(_ line: String) throws -> InputFinding {
        let found = try findings(Array("\(Self.good)\n\(line)\n\(Self.good)\n".utf8))
        #expect(found.count == 1 && found.first?.line == 2, "\(found)")
        return try #require(found.first)
    }

    @Test(arguments: [
        ("{", 2, "text"), (#"{"at":1,"at":2}"#, 14, "twice"), (#"{"at":1,"what":2}"#, 16, "unknown field"),
        (#"{"at":"yesterday"}"#, 18, "not a time"),
        (#"{"at":"2026-11-21T10:00:00"}"#, 28, "no time zone"), (#"{"at":1795255200}"#, 17, "in seconds"),
        (#"{"at":9223372036854775807}"#, 26, "years 1 to 9999"),
        (#"{"at":1.5}"#, 7, "integer"), (#"{"order":"o"}"#, 1, "at is missing"),
        (#"{"at":1,"order":"o","command":"c","data":[]}"#, 42, "object"),
        ("{\"at\":1,\"order\":\"a\0b\"}", 19, "control"),
        (#"{"at":1} {"at":2}"#, 10, "follows the end"),
        (#"{"at":1,"stock":"steal","sku":"m","quantity":1}"#, 1, "stock is"),
    ])
    func `names line and column of`(_ line: String, _ column: Int, _ words: String) throws {
        let found = try finding(line)
        #expect(found.kind == .value && found.message.contains(words), "\(found)")
        #expect(found.column == column, "\(found)")
    }

    @Test func `tells everything that is wrong at once`() throws {
        let found = try findings(Array("{\n\(Self.good)\n{\"at\":1,\"at\":1}\n\n[]\n".utf8))
        #expect(found.map(\.line) == [1, 3, 5])
    }

    @Test func `is text in UTF-8, with or without a byte order mark`() throws {
        #expect(try findings([0xEF, 0xBB, 0xBF] + Array("\(Self.good)\r\n".utf8)).isEmpty)
        #expect(
            try findings([0xFF, 0xFE] + Array(Self.good.utf16).flatMap { [UInt8($0), 0] }).map(\.kind) == [.binary])
        let latin = Array(#"{"at":1,"order":"caf"#.utf8) + [0xE9] + Array(#"","command":"c"}"#.utf8)
        #expect(try findings(latin).first?.message.contains("UTF-8") == true)
    }

    @Test func `has lines of a bounded length`() throws {
        let long = #"{"at":1,"note":""# + String(repeating: "x", count: 1 << 20) + "\"}"
        let found = try findings(Array("\(Self.good)\n\(long)\n".utf8))
        #expect(found.map(\.kind) == [.limit] && found.first?.line == 2)
    }

    // MARK: Packed

    private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        let path = try directory.write(bytes, to: "x")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-9", path]
        try process.run()
        process.waitUntilExit()
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + ".gz")))
    }

    @Test func `that is packed is read, cut short or changed at any byte it is refused`() throws {
        let packed = try gzip(Array((0..<40).map { _ in Self.good + "\n" }.joined().utf8))
        #expect(try findings(packed).isEmpty)
        #expect(try findings(packed + packed).isEmpty)
        for count in stride(from: 3, to: packed.count, by: 7) {
            #expect(try findings(Array(packed.prefix(count))).map(\.kind) == [.compression], "cut at \(count)")
        }
        var wrong = packed
        wrong[packed.count - 6] ^= 1
        let checksum = try findings(wrong)
        #expect(checksum.contains { $0.kind == .compression && $0.message.contains("corrupt") })
        #expect(try findings(packed + [1, 2, 3, 4]).contains { $0.kind == .compression })
    }

    @Test func `that unpacks without end is given up early`() throws {
        let bomb = try gzip([UInt8](repeating: 0x20, count: 64 << 20))
        #expect(bomb.count < 100_000)
        let found = try findings(bomb)
        #expect(found.allSatisfy { [.compression, .limit].contains($0.kind) } && !found.isEmpty)
        var limits = InputLimits()
        limits.recordBytesMax = 128 << 20
        let unpacked = try findings(bomb, limits: limits)
        #expect(unpacked.first?.message.contains("times its size") == true, "\(unpacked)")
    }
}
