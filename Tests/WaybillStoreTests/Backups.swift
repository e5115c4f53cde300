import Foundation
import Testing
import WaybillCore

@testable import WaybillStore

@Suite struct `A copy of a file that is written` {
    /// A file with so many events of 8 KiB.
    private static func store(_ file: TemporaryFile, megabytes: Int) throws -> Store {
        let store = try Store.open(file.path)
        for _ in 0..<megabytes { try write(128, to: store) }
        return store
    }

    private static func write(_ count: Int, to store: Store, thenThrow error: (any Error)? = nil) throws {
        try store.write { transaction in
            let last = try transaction.journalEnd().position.number
            for offset in 1...count {
                var event = EventRow.sample(last + Int64(offset))
                event.body = [UInt8](repeating: UInt8(ascii: "x"), count: 8_000)
                try transaction.append(event)
            }
            if let error { throw error }
        }
    }

    private static func last(_ store: Store) throws -> Position {
        try store.read { rows in try rows.journalEnd().position }
    }

    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private struct Regret: Error {}

    @Test func `has all that was committed before its end, and needs no log`() throws {
        let file = try TemporaryFile()
        let store = try Self.store(file, megabytes: 4)
        let copy = file.directory + "/copy.db"
        let backup = try Backup(of: store, to: copy)
        var steps = 0
        while steps < 1_000, !(try backup.step(pages: 64).isComplete) {
            steps += 1
            try Self.write(2, to: store)
            if steps % 5 == 0 { try store.checkpointWhenIdle() }
            #expect(!Self.isThere(copy), "under its own name there is nothing before it is whole")
        }
        #expect(steps > 10)
        let last = try Self.last(store)
        try Self.write(1, to: store)
        let bytes = try backup.finish(with: last)
        #expect(!Self.isThere(copy + ".part"))
        #expect(!Self.isThere(copy + "-wal"))
        #expect(try FileManager.default.attributesOfItem(atPath: copy)[.size] as? Int == bytes)
        let opened = try Store.open(copy)
        #expect(try Self.last(opened) == last)
        #expect(try opened.read { rows in try rows.integrityProblems() }.isEmpty)
        let events = try opened.read { rows in
            try rows.events(after: Position(last.number - 5), upTo: last, limit: 10)
        }
        #expect(events.count == 5)
    }

    @Test func `keeps neither the log from being truncated nor itself from its end when writes are undone`() throws {
        let file = try TemporaryFile()
        let store = try Self.store(file, megabytes: 4)
        let backup = try Backup(of: store, to: file.directory + "/copy.db")
        var progress = try backup.step(pages: 256)
        var largest = 0
        var steps = 0
        while !progress.isComplete, steps < 2_000 {
            steps += 1
            #expect(throws: Regret.self) { try Self.write(3, to: store, thenThrow: Regret()) }
            try Self.write(40, to: store)
            largest = max(largest, try file.bytes(of: "-wal"))
            try store.checkpointIfDue(after: 1_024)
            progress = try backup.step(pages: 256)
        }
        #expect(progress.isComplete)
        #expect(progress.restarts == 1, "the first undone write begins it anew, and no later one")
        #expect(largest < 32 << 20)
        let last = try Self.last(store)
        _ = try backup.finish(with: last)
        let opened = try Store.open(file.directory + "/copy.db")
        #expect(try Self.last(opened) == last)
        #expect(try opened.read { rows in try rows.integrityProblems() }.isEmpty)
        // What was undone in place is undone.
        store.close()
        let again = try Store.open(file.path)
        #expect(try Self.last(again) == last)
        #expect(try again.read { rows in try rows.integrityProblems() }.isEmpty)
    }

    @Test func `is refused where something is, and where nothing can be`() throws {
        let file = try TemporaryFile()
        let store = try Self.store(file, megabytes: 1)
        let folder = file.directory
        func kind(_ path: String) -> BackupFailure.Kind? {
            do throws(BackupFailure) {
                _ = try Backup(of: store, to: path)
                return nil
            } catch {
                return error.kind
            }
        }
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/there"))
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/link", withDestinationPath: folder + "/nowhere")
        try Data("not a copy, and nobody's to remove".utf8).write(to: URL(fileURLWithPath: folder + "/other.part"))
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/linked.part", withDestinationPath: folder + "/there")
        try Data().write(to: URL(fileURLWithPath: folder + "/logged-wal"))
        #expect(kind(file.path) == .exists)
        #expect(kind(folder + "/there") == .exists)
        #expect(kind(folder + "/link") == .exists)
        #expect(kind(folder) == .exists)
        #expect(kind("") == .badPlace)
        #expect(kind(folder + "/none/copy.db") == .badPlace)
        #expect(kind(folder + "/there/copy.db") == .badPlace)
        #expect(kind(folder + "/copy/") == .badPlace)
        #expect(kind(file.path + "-journal") == .badPlace)
        #expect(kind(folder + "/other") == .badPlace)
        #expect(kind(folder + "/linked") == .badPlace)
        #expect(kind(folder + "/logged") == .badPlace)
        #expect(kind("/proc/copy.db") == .badPlace)
        #expect(try String(contentsOfFile: folder + "/other.part", encoding: .utf8).hasPrefix("not a copy"))
        #expect(try String(contentsOfFile: folder + "/there", encoding: .utf8) == "x")
        // And where it can be, it can still be.
        let backup = try Backup(of: store, to: folder + "/copy.db")
        #expect(kind(folder + "/second.db") == .busy)
        backup.abandon()
        #expect(!Self.isThere(folder + "/copy.db.part"))
    }

    @Test func `takes over what a kill has left, and leaves nothing when it is given up`() throws {
        let file = try TemporaryFile()
        let store = try Self.store(file, megabytes: 1)
        let copy = file.directory + "/copy.db"
        try Data([UInt8](repeating: 0, count: 9_000_000)).write(to: URL(fileURLWithPath: copy + ".part"))
        let given = try Backup(of: store, to: copy)
        _ = try given.step(pages: 10)
        given.abandon()
        #expect(!Self.isThere(copy + ".part"))
        #expect(throws: BackupFailure.self) { try given.step(pages: 10) }
        let backup = try Backup(of: store, to: copy)
        while !(try backup.step(pages: 100).isComplete) {}
        let last = try Self.last(store)
        #expect(try backup.finish(with: last) < 4_000_000)
        // Whoever comes last must not take away what another has made.
        given.abandon()
        backup.abandon()
        #expect(try Self.last(try Store.open(copy)) == last)
    }

    @Test func `ends with its store`() throws {
        let file = try TemporaryFile()
        let store = try Self.store(file, megabytes: 1)
        let backup = try Backup(of: store, to: file.directory + "/copy.db")
        _ = try backup.step(pages: 10)
        store.close()
        #expect(!Self.isThere(file.directory + "/copy.db.part"))
        #expect(throws: BackupFailure.self) { try backup.step(pages: 10) }
        #expect(try file.bytes(of: "-wal") == 0)
    }

    @Test func `is not named when the disk has changed it`() throws {
        let file = try TemporaryFile()
        let store = try Self.store(file, megabytes: 1)
        let copy = file.directory + "/copy.db"
        let backup = try Backup(of: store, to: copy)
        while !(try backup.step(pages: 100).isComplete) {}
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: copy + ".part"))
        try handle.seek(toOffset: 4_096 * 20)
        try handle.write(contentsOf: Data([UInt8](repeating: 0xA5, count: 4_096)))
        try handle.close()
        let last = try Self.last(store)
        let failure = #expect(throws: BackupFailure.self) { try backup.finish(with: last) }
        #expect(failure?.kind == .damaged)
        #expect(!Self.isThere(copy))
        #expect(!Self.isThere(copy + ".part"))
    }
}

/// Two programs that make copies at one place.
extension `A copy of a file that is written` {
    @Test func `is not named when its place was taken by another program's`() throws {
        let file = try TemporaryFile()
        let copy = file.directory + "/copy.db"
        let place = try BackupPlace(copy, besides: nil)
        try FileManager.default.removeItem(atPath: copy + ".part")
        try Data("half".utf8).write(to: URL(fileURLWithPath: copy + ".part"))
        let failure = #expect(throws: BackupFailure.self) { try place.giveName() }
        // Not that it was given up: the schedule goes on with the next one.
        #expect(failure?.kind == .badPlace)
        #expect(!Self.isThere(copy))
        place.leave()
        #expect(try Data(contentsOf: URL(fileURLWithPath: copy + ".part")) == Data("half".utf8))
    }
}
