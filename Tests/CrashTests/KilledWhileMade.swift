import Foundation
import Testing

/// The process is killed while it makes its file. What it leaves is no file or a whole one.
@Suite(.serialized) struct `A process that is killed while it makes its file` {
    private static let kills = 60

    @Test func `leaves a file that opens again, at each of many moments`() throws {
        var dice = Dice(state: 0x5EED_0143)
        var wasMade = 0
        for round in 1...Self.kills {
            let shop = try CrashFile()
            let victim = try Victim(file: shop.path, seed: round)
            // The lock is the first thing that an opening makes; then comes the file under another name, then its own.
            let signs = [shop.path + ".lock", shop.path + ".new", shop.path]
            victim.kill(after: Array(signs[(round % 3)...]), microseconds: UInt32(dice.next() % 6_000))
            if FileManager.default.fileExists(atPath: shop.path) { wasMade += 1 }
            let next = try run(executablePath(), ["stock", "receive", "mug", "1", "--db", shop.path])
            #expect(next.status == 0, "round \(round): \(next.output)")
            if round % 6 == 0 {
                let verified = try shop.verify()
                #expect(verified.status == 0, "round \(round): \(verified.output)")
            }
            #expect(!FileManager.default.fileExists(atPath: shop.path + ".new"))
        }
        // Kills hit both sides of the moment in which the file gets its name.
        #expect((1..<Self.kills).contains(wasMade))
    }
}
