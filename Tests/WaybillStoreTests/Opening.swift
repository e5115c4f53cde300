import Foundation
import Testing
import WaybillCore
import WaybillStore

@Suite struct `Opening a file` {
    @Test func `makes it, finds the rows again, and raises the boot number`() throws {
        let file = try TemporaryFile()
        let first = try Store.open(file.path)
        #expect(first.bootNumber == 1)
        try first.write { transaction in try transaction.append(.sample(1)) }
        first.close()
        #expect(try file.bytes(of: "-wal") == 0)
        let second = try Store.open(file.path)
        #expect(second.bootNumber == 2)
        #expect(try second.read { try $0.event(at: Position(1)) } == .sample(1))
    }

    @Test func `is refused to a second opener, with the holder's process id`() throws {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        let refused = failure { _ = try Store.open(file.path) }
        #expect(refused?.code == .locked)
        #expect(refused?.message.contains("\(ProcessInfo.processInfo.processIdentifier)") == true)
        store.close()
        #expect(failure { _ = try Store.open(file.path) } == nil)
    }

    @Test func `finds the lock through a symbolic link too`() throws {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        let link = file.directory + "/link.db"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file.path)
        #expect(failure { _ = try Store.open(link) }?.code == .locked)
        store.close()
    }

    @Test func `takes an empty file for a new one`() throws {
        let file = try TemporaryFile()
        try Data().write(to: URL(fileURLWithPath: file.path))
        let store = try Store.open(file.path)
        try store.write { transaction in try transaction.append(.sample(1)) }
        #expect(store.bootNumber == 1)
    }

    @Test func `refuses what is not a database, and leaves it as it is`() throws {
        let file = try TemporaryFile()
        let text = Data(String(repeating: "these are not the rows you look for\n", count: 300).utf8)
        try text.write(to: URL(fileURLWithPath: file.path))
        #expect(failure { _ = try Store.open(file.path) }?.code == .notADatabase)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == text)
    }

    @Test func `refuses a directory, a missing directory, and an empty name`() throws {
        let file = try TemporaryFile()
        #expect(failure { _ = try Store.open(file.directory) }?.code == .cannotOpen)
        #expect(failure { _ = try Store.open(file.directory + "/none/shop.db") }?.code == .cannotOpen)
        #expect(failure { _ = try Store.open("") }?.code == .cannotOpen)
        #expect(failure { _ = try Store.open("a\u{0}b") }?.code == .cannotOpen)
    }

    @Test func `works after its store is closed only by opening it again`() throws {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        store.close()
        store.close()
        #expect(failure { try store.write { _ in } }?.code == .closed)
        #expect(failure { try store.read { _ in } }?.code == .closed)
    }
}
