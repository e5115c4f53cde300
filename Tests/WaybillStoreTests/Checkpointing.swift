import Foundation
import Synchronization
import Testing
import WaybillCore
import WaybillStore

@Suite struct `The write-ahead log` {
    /// Writes `megabytes` in events of 8 KiB, and answers the largest size of the log seen after a write.
    ///
    /// - Parameter requests: how many each write is said to have had.
    private func write(
        megabytes: Int, to store: Store, _ file: TemporaryFile, requests: Int = .max
    ) throws -> Int {
        var position: Int64 = 0
        var largest = 0
        for _ in 0..<megabytes {
            let first = position
            try store.write { transaction in
                for offset in 1...128 {
                    var event = EventRow.sample(first + Int64(offset))
                    event.body = [UInt8](repeating: UInt8(ascii: "x"), count: 8_000)
                    try transaction.append(event)
                }
            }
            position += 128
            largest = max(largest, try file.bytes(of: "-wal"))
            try store.checkpointIfDue(after: requests)
        }
        return largest
    }

    /// Runs `body` while three threads read one page of events after the other.
    private func withReaders(of store: Store, _ body: () throws -> Void) throws -> Int {
        let state = Mutex((isOver: false, reads: 0))
        let done = DispatchGroup()
        for _ in 0..<3 {
            let thread = Thread {
                while !state.withLock({ $0.isOver }) {
                    let rows = try? store.read { snapshot in
                        let end = try snapshot.journalEnd().position.number
                        return try snapshot.events(after: Position(max(0, end - 200)), upTo: Position(end), limit: 200)
                    }
                    if rows != nil { state.withLock { $0.reads += 1 } }
                }
                done.leave()
            }
            done.enter()
            thread.start()
        }
        defer {
            state.withLock { $0.isOver = true }
            done.wait()
        }
        try body()
        return state.withLock { $0.reads }
    }

    @Test func `goes home early while writes are small, and late under load`() throws {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        #expect(try write(megabytes: 12, to: store, file, requests: 1) < 4 << 20)
        let other = try TemporaryFile()
        let busy = try Store.open(other.path)
        #expect(try write(megabytes: 12, to: busy, other, requests: 1_024) > 7 << 20)
    }

    @Test(arguments: [1, 32, 1_024])
    func `stays under 32 MiB with three readers beside a writer`(requests: Int) throws {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        var largest = 0
        let reads = try withReaders(of: store) {
            largest = try write(megabytes: 80, to: store, file, requests: requests)
        }
        #expect(largest < 32 << 20)
        #expect(largest > 1 << 20)
        #expect(reads > 0)
        store.close()
        #expect(try file.bytes(of: "-wal") == 0)
    }

    @Test func `would grow without checkpoints`() throws {
        let file = try TemporaryFile()
        var settings = StoreSettings()
        settings.passiveCheckpointBytes.min = .max
        settings.walBytesMax = 1 << 40
        let store = try Store.open(file.path, settings: settings)
        #expect(try write(megabytes: 33, to: store, file) > 32 << 20)
    }

    @Test func `is truncated when the store is idle`() throws {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        try store.write { transaction in try transaction.append(.sample(1)) }
        #expect(try file.bytes(of: "-wal") > 0)
        try store.checkpointWhenIdle()
        #expect(try file.bytes(of: "-wal") == 0)
        #expect(try store.read { try $0.event(at: Position(1)) } == .sample(1))
    }

    @Test func `waits for a long read no longer than it was told to, and the next time works`() throws {
        let file = try TemporaryFile()
        var settings = StoreSettings()
        settings.readerWaitSeconds = 0.01
        let store = try Store.open(file.path, settings: settings)
        try store.write { transaction in try transaction.append(.sample(1)) }
        try store.read { snapshot in
            _ = try snapshot.journalEnd()
            try store.checkpointWhenIdle()
            #expect(try file.bytes(of: "-wal") > 0)
        }
        try store.write { transaction in try transaction.append(.sample(2)) }
        #expect(try store.read { try $0.journalEnd().position } == Position(2))
        try store.checkpointWhenIdle()
        #expect(try file.bytes(of: "-wal") == 0)
    }

    @Test func `shows a read one state, whatever is committed meanwhile`() throws {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        try store.write { transaction in try transaction.append(.sample(1)) }
        let seen = try store.read { snapshot in
            let before = try snapshot.journalEnd().position
            try store.write { transaction in try transaction.append(.sample(2)) }
            return [before, try snapshot.journalEnd().position]
        }
        #expect(seen == [Position(1), Position(1)])
        #expect(try store.read { try $0.journalEnd().position } == Position(2))
    }

    @Test func `is left for the next opening when a commit failed`() throws {
        let file = try TemporaryFile()
        let faults = Mutex<[StoreFailure]>([])
        var settings = StoreSettings()
        settings.commitFault = { faults.withLock { $0.popLast() } }
        let store = try Store.open(file.path, settings: settings)
        try store.write { transaction in try transaction.append(.sample(1)) }
        faults.withLock { $0 = [StoreFailure(.inputOutput, "disk I/O error", sqliteCode: 1_034)] }
        #expect(failure { try store.write { transaction in try transaction.append(.sample(2)) } }?.code == .inputOutput)
        #expect(store.isStopped)
        store.close()
        #expect(try file.bytes(of: "-wal") > 0)
        let again = try Store.open(file.path)
        #expect(try again.read { try $0.journalEnd().position } == Position(1))
        try again.write { transaction in try transaction.append(.sample(2)) }
    }
}
