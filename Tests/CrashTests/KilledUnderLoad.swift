import Foundation
import Testing

/// The process is killed without warning while it takes orders, fires timeouts, checkpoints, or recovers. What it
/// answered must be in the file, whole.
@Suite(.serialized) struct `A process that is killed under load` {
    private static let kills = 50

    @Test func `keeps everything that it acknowledged, at each of fifty random moments`() throws {
        let shop = try CrashFile()
        var dice = Dice(state: 0x5EED_0001)
        var acknowledged: [String: Int] = [:]
        for round in 1...Self.kills {
            let victim = try Victim(file: shop.path, seed: round)
            let wasKilled = victim.killAfter(answers: 1 + Int(dice.next() % 400))
            try #require(wasKilled, "round \(round): the process ended by itself, or gave no answers")
            acknowledged.merge(victim.versions) { max($0, $1) }
            // The next round opens the file that this one left; now and then it is looked at in between.
            if round % 10 == 0 { try shop.expectWhole(acknowledged, after: "kill \(round)") }
        }
        #expect(acknowledged.count > 1_000)
    }

    @Test func `recovers when it is killed again while it recovers`() throws {
        let shop = try CrashFile()
        var dice = Dice(state: 0x5EED_0002)
        var acknowledged: [String: Int] = [:]
        for round in 1...5 {
            let victim = try Victim(file: shop.path, seed: round)
            try #require(victim.killAfter(answers: 200))
            acknowledged.merge(victim.versions) { max($0, $1) }
            for again in 1...3 {
                let next = try Victim(file: shop.path, seed: round * 1_000 + again)
                next.killAfter(microseconds: UInt32(dice.next() % 60_000))
                acknowledged.merge(next.versions) { max($0, $1) }
            }
        }
        try shop.expectWhole(acknowledged, after: "kills during recovery")
    }

    @Test func `is found out when an acknowledged order is taken away`() throws {
        let shop = try CrashFile()
        let victim = try Victim(file: shop.path, seed: 1)
        try #require(victim.killAfter(answers: 300))
        let order = try #require(victim.versions.keys.sorted().first)
        _ = try run("/usr/bin/sqlite3", [shop.path, "DELETE FROM orders WHERE id = '\(order)'"])
        #expect(try shop.missing(victim.versions) == [order])
        #expect(try shop.verify().status == 1)
    }
}

extension CrashFile {
    /// Every acknowledged order is there, at its version or a later one, and the whole file agrees with its journal.
    fileprivate func expectWhole(_ acknowledged: [String: Int], after moment: String) throws {
        #expect(try missing(acknowledged) == [], "\(moment)")
        let verified = try verify()
        #expect(verified.status == 0, "\(moment): \(verified.output)")
    }

    /// Acknowledged orders that the file does not have, or not at their version.
    fileprivate func missing(_ acknowledged: [String: Int]) throws -> [String] {
        var stored: [String: Int] = [:]
        for columns in try rows("SELECT id, version FROM orders") where columns.count == 2 {
            stored[columns[0]] = Int(columns[1])
        }
        return acknowledged.filter { stored[$0.key] ?? 0 < $0.value }.keys.sorted()
    }
}

/// A fixed sequence, so that a failing run can be had again.
struct Dice {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
