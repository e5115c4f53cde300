import Foundation
import Testing
import WaybillCore
import WaybillStore

/// What other programs do to a file that is open.
@Suite struct `A program outside` {
    @Test func `that reads for long is not waited for at each write`() throws {
        let file = try TemporaryFile()
        var settings = StoreSettings()
        settings.walBytesMax = 1 << 20
        let store = try Store.open(file.path, settings: settings)
        let reader = try OutsideReader(of: file)
        for position in 1...600 {
            var event = EventRow.sample(Int64(position))
            event.body = Array("{\"filler\":\"\(String(repeating: "x", count: 6_000))\"}".utf8)
            try store.write { transaction in try transaction.append(event) }
            try store.checkpointIfDue(after: 1)
        }
        let size = try file.bytes(of: "-wal")
        #expect(size > 3 << 20)
        // Hundreds of writes found the log too large.
        #expect((1...20).contains(store.truncationAttempts), "\(store.truncationAttempts)")
        reader.stop()
        for position in 601...1_000 where try file.bytes(of: "-wal") >= size {
            try store.write { transaction in try transaction.append(.sample(Int64(position))) }
            try store.checkpointIfDue(after: 1)
        }
        #expect(try file.bytes(of: "-wal") < size)
        store.close()
    }

    @Test(arguments: ["", "-wal"])
    func `that deletes or replaces the file ends all writing`(suffix: String) throws {
        for isReplaced in [false, true] {
            let file = try TemporaryFile()
            let store = try Store.open(file.path)
            try store.checkPlace()
            try store.write { transaction in try transaction.append(.sample(1)) }
            let bytes = try file.contents(suffix)
            try FileManager.default.removeItem(atPath: file.path + suffix)
            if isReplaced { try bytes.write(to: URL(fileURLWithPath: file.path + suffix)) }
            try store.checkPlace()
            let refused = failure { try store.write { transaction in try transaction.append(.sample(2)) } }
            #expect(refused?.code == .failStopped)
            #expect(refused?.message.contains("was deleted or replaced") == true)
        }
    }
}
