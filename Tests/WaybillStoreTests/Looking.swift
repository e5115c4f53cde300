import Foundation
import Testing
import WaybillCore
import WaybillStore

@Suite struct `A look at a file` {
    /// A file with an event in it and one in its log.
    private func shop() throws -> TemporaryFile {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        try store.write { transaction in try transaction.append(.sample(1)) }
        try store.checkpointWhenIdle()
        try store.write { transaction in try transaction.append(.sample(2)) }
        defer { store.close() }
        return try file.crashed()
    }

    @Test func `sees what is in the file and its log, and changes neither`() throws {
        let shop = try shop()
        let before = (try shop.contents(), try shop.contents("-wal"))
        let store = try Store.look(shop.path)
        #expect(try store.read { try $0.journalEnd() }.position == Position(2))
        #expect(failure { try store.write { transaction in try transaction.append(.sample(3)) } }?.code == .readOnly)
        try store.checkpointWhenIdle()
        store.close()
        #expect(try shop.contents() == before.0 && shop.contents("-wal") == before.1)
        #expect(try Store.open(shop.path).bootNumber == 2)
    }

    @Test func `at a file without a log leaves none beside it`() throws {
        let file = try TemporaryFile()
        try Store.open(file.path).close()
        let before = try file.contents()
        let store = try Store.look(file.path)
        #expect(store.bootNumber == 1)
        store.close()
        #expect(try file.contents() == before)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: file.directory).sorted() == ["shop.db", "shop.db.lock"])
    }

    @Test func `at a file of an older release does not bring it to this one`() throws {
        let file = try TemporaryFile()
        var settings = StoreSettings()
        settings.newestVersion = 2
        try Store.open(file.path, settings: settings).close()
        let before = try file.contents()
        let store = try Store.look(file.path)
        #expect(try store.fileVersion() == Migrate.newest)
        #expect(try store.read { try $0.journalEnd() }.position == Position(0))
        store.close()
        #expect(try file.contents() == before)
    }

    @Test func `is refused while the file is open, where there is none, and where the log is damaged`() throws {
        let file = try TemporaryFile()
        #expect(failure { _ = try Store.look(file.path) }?.code == .cannotOpen)
        let store = try Store.open(file.path)
        #expect(failure { _ = try Store.look(file.path) }?.code == .locked)
        store.close()
        let shop = try shop()
        var log = try WriteAheadLog(of: shop.path)
        log.flip(byte: 20, bit: 1)
        try log.write(beside: shop.path)
        #expect(failure { _ = try Store.look(shop.path) }?.code == .damaged)
    }
}
