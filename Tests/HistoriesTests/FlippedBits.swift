import Fixtures
import Foundation
import Histories
import Testing
import WaybillCore
import WaybillTimeouts

/// Single bits of a file of everything, flipped at random places: a flip that changes what a row says is found by the
/// check, or the file is not opened.
///
/// A flip changes a value when a table read row by row is another table. One in free space, or in an index whose table
/// is whole, changes none.
@Suite struct `A flipped bit` {
    private static let flips = ProcessInfo.processInfo.environment["WAYBILL_FLIPS"].flatMap { Int($0) } ?? 2_000
    private static let parts = 4

    /// What flips have come to.
    private struct Tally {
        var changed = 0
        var missed = 0
        var missedTables: [String: Int] = [:]

        var words: String { "\(missed) of \(changed) are missed: \(missedTables.sorted { $0.value > $1.value })" }

        mutating func add(_ other: Tally) {
            changed += other.changed
            missed += other.missed
            missedTables.merge(other.missedTables) { $0 + $1 }
        }
    }

    @Test func `that changes a value is found, in 99 of 100 cases and more`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("all.waybill")
        try await FileOfEverything.fill(path)
        #expect(try check(path).findings == [])
        let tally = try await flip(Self.flips, of: path, seed: 1)
        #expect(tally.changed > Self.flips / 8)
        #expect(tally.missed * 100 <= tally.changed, "\(tally.words)")
    }

    private func check(_ path: String) throws -> VerifyReport {
        var settings = Verify.Settings()
        settings.modules = FileOfEverything.modules(.system)
        return try Verify(settings: settings).run(path)
    }

    private func flip(_ count: Int, of path: String, seed: UInt64) async throws -> Tally {
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let rows = StoredRows(of: path)
        return try await withThrowingTaskGroup(of: Tally.self) { group in
            for part in 0..<Self.parts {
                group.addTask {
                    try self.flip(count / Self.parts, of: whole, rows, Dice(seed: seed &* 100 &+ UInt64(part)))
                }
            }
            return try await group.reduce(into: Tally()) { $0.add($1) }
        }
    }

    private func flip(_ count: Int, of whole: Data, _ rows: StoredRows, _ random: Dice) throws -> Tally {
        let directory = try TemporaryDirectory()
        let path = directory.file("flipped.waybill")
        var (random, tally) = (random, Tally())
        for _ in 0..<count {
            var bytes = whole
            bytes[Int(random.next(below: UInt64(whole.count)))] ^= 1 << UInt8(random.next(below: 8))
            try bytes.write(to: URL(fileURLWithPath: path))
            let tables = StoredRows(of: path, tables: rows.tables).difference(rows)
            guard !tables.isEmpty else { continue }
            tally.changed += 1
            guard try check(path).isSound else { continue }
            tally.missed += 1
            for table in tables { tally.missedTables[table, default: 0] += 1 }
        }
        return tally
    }
}

/// Random numbers of a seed.
private struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next(below end: UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return (mixed ^ (mixed >> 31)) % end
    }
}
