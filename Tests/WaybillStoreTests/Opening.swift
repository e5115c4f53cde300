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

    @Test func `is refused where the file has a second name, under which nobody would see the lock`() throws {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        let link = file.directory + "/link.db"
        try FileManager.default.linkItem(atPath: file.path, toPath: link)
        let refused = failure { _ = try Store.open(link) }
        #expect(refused?.code == .cannotOpen)
        #expect(refused?.message.contains("2 names") == true)
        #expect(!FileManager.default.fileExists(atPath: link + "-wal"))
        try store.write { transaction in try transaction.append(.sample(1)) }
        store.close()
        try FileManager.default.removeItem(atPath: link)
        #expect(try Store.open(file.path).read { try $0.event(at: Position(1)) } == .sample(1))
    }

    @Test(.enabled(if: getuid() != 0, "root may write everything"))
    func `is refused where the file may not be written, with what would help`() throws {
        let file = try TemporaryFile()
        try Store.open(file.path).close()
        chmod(file.path, 0o444)
        let refused = failure { _ = try Store.open(file.path) }
        #expect(refused?.code == .readOnly)
        #expect(refused?.message.contains("Make the file writable") == true)
    }

    @Test func `is refused where something else lies in the place of its log`() throws {
        let file = try TemporaryFile()
        try Store.open(file.path).close()
        for suffix in ["-wal", "-shm"] { _ = try? FileManager.default.removeItem(atPath: file.path + suffix) }
        try FileManager.default.createDirectory(atPath: file.path + "-wal", withIntermediateDirectories: false)
        let refused = failure { _ = try Store.open(file.path) }
        #expect(refused?.code == .cannotOpen)
        #expect(refused?.message.contains("-wal") == true)
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

    @Test func `refuses a file of a later release`() throws {
        let file = try TemporaryFile()
        try Store.open(file.path).close()
        try file.overwrite(at: 60, with: [0, 0, 0, 99])
        let refused = failure { _ = try Store.open(file.path) }
        #expect(refused?.code == .newer)
        #expect(refused?.message.contains("99") == true)
    }

    @Test(arguments: [[0, 0, 0, 0], [0x4D, 0x50, 0x42, 0x58]] as [[UInt8]])
    func `refuses a database of another program, and leaves it as it is`(applicationID: [UInt8]) throws {
        let file = try TemporaryFile()
        try Store.open(file.path).close()
        try file.overwrite(at: 68, with: applicationID)
        let before = try Data(contentsOf: URL(fileURLWithPath: file.path))
        #expect(failure { _ = try Store.open(file.path) }?.code == .foreign)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == before)
    }

    @Test func `finds what was committed before a crash`() throws {
        let file = try TemporaryFile()
        let copy = try TemporaryFile()
        let store = try Store.open(file.path)
        try store.write { transaction in try transaction.append(.sample(1)) }
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: file.path + suffix, toPath: copy.path + suffix)
        }
        let recovered = try Store.open(copy.path)
        #expect(recovered.bootNumber == 2)
        #expect(try recovered.read { try $0.event(at: Position(1)) } == .sample(1))
    }

    @Test func `refuses a file with our mark and no version`() throws {
        let file = try TemporaryFile()
        try Store.open(file.path).close()
        try file.overwrite(at: 60, with: [0, 0, 0, 0])
        #expect(failure { _ = try Store.open(file.path) }?.code == .damaged)
    }

    @Test(arguments: [0.3, 0.6, 0.99])
    func `refuses a file that was cut short`(part: Double) throws {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        try store.write { transaction in for position in 1...2_000 { try transaction.append(.sample(Int64(position))) }
        }
        store.close()
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file.path))
        try handle.truncate(atOffset: UInt64(Double(try file.bytes()) * part))
        try handle.close()
        #expect(failure { _ = try Store.open(file.path) }?.code == .damaged)
    }

    @Test func `refuses a lock file that cannot be made`() throws {
        let file = try TemporaryFile()
        try FileManager.default.createDirectory(atPath: file.path + ".lock", withIntermediateDirectories: false)
        #expect(failure { _ = try Store.open(file.path) }?.code == .cannotOpen)
    }

    @Test(.disabled(if: getuid() == 0, "the superuser may write to a read-only directory"))
    func `is refused in a read-only directory`() throws {
        let file = try TemporaryFile()
        chmod(file.directory, 0o555)
        defer { chmod(file.directory, 0o755) }
        #expect(failure { _ = try Store.open(file.path) }?.code == .cannotOpen)
    }

    @Test(arguments: 0..<Migrate.newest)
    func `brings a file of any older release to this one's tables`(version: Int) throws {
        let older = try TemporaryFile()
        var settings = StoreSettings()
        settings.newestVersion = version
        if version > 0 { try Store.open(older.path, settings: settings).close() }
        let migrated = try Store.open(older.path)
        let fresh = try Store.inMemory()
        #expect(try migrated.schema() == fresh.schema())
        #expect(try migrated.fileVersion() == Migrate.newest)
        try useEveryVerb(of: migrated)
    }

    @Test func `keeps its tables' names from modules`() throws {
        let names = try Store.inMemory().schema().compactMap { entry -> String? in
            let words = entry.split(separator: " ")
            guard words.count > 2, words[0] == "CREATE", words[1] == "TABLE" else { return nil }
            // SQLite quotes a table that was renamed.
            return words[2].filter { $0 != "\"" }
        }
        #expect(names.count > 10)
        for name in names { #expect(ModuleRights.engineTables.contains(name), "\(name)") }
    }
}

@Suite struct `A mount` {
    private let mounts = """
        27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        31 27 0:40 / /srv/shop rw,relatime shared:7 - nfs4 host:/export rw
        32 27 0:41 / /srv/shop/fast\\040disk rw - xfs /dev/vdb rw
        33 27 0:42 / /mnt/s3 rw - fuse.s3fs s3fs rw
        34 27 0:43 / /mnt/twice rw - ext4 /dev/vdc rw
        35 27 0:44 / /mnt/twice rw - 9p share rw
        broken line
        """

    @Test func `is the longest one that begins the path, and of two at one place the last`() {
        #expect(FileSystem.type(of: "/home/shop", mounts: mounts) == "ext4")
        #expect(FileSystem.type(of: "/srv/shop/a", mounts: mounts) == "nfs4")
        #expect(FileSystem.type(of: "/srv/shopping", mounts: mounts) == "ext4")
        #expect(FileSystem.type(of: "/srv/shop/fast disk/a", mounts: mounts) == "xfs")
        #expect(FileSystem.type(of: "/mnt/s3", mounts: mounts) == "fuse.s3fs")
        #expect(FileSystem.type(of: "/mnt/twice", mounts: mounts) == "9p")
        #expect(FileSystem.type(of: "/home", mounts: "") == nil)
    }

    @Test func `of a network or of a user's process is refused`() {
        for type in ["nfs", "nfs4", "cifs", "smb3", "9p", "afs", "ceph", "fuse", "fuse.sshfs", "virtiofs"] {
            #expect(FileSystem.isRefused(type), "\(type)")
        }
        for type in ["ext4", "xfs", "btrfs", "zfs", "overlay", "tmpfs", "f2fs"] {
            #expect(!FileSystem.isRefused(type), "\(type)")
        }
    }
}
