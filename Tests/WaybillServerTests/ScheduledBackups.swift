import Fixtures
import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillServer

/// The copies that a server makes by itself, in virtual time.
@Suite struct `The schedule of backups` {
    private let temporary: TemporaryDirectory
    private let clock = VirtualClock(start: noon)
    private let book: OrderBook
    private static let noon = OrderBook.Moment(iso8601: "2026-11-29T12:00:00Z") ?? OrderBook.Moment(milliseconds: 0)
    private var folder: String { temporary.file("backups") }
    private var other: String { temporary.file("other") }

    init() async throws {
        temporary = try TemporaryDirectory()
        for folder in ["backups", "other"] {
            try FileManager.default.createDirectory(atPath: temporary.file(folder), withIntermediateDirectories: true)
        }
        book = try OrderBook.open(temporary.file("shop.db"), workflows: [], world: .virtual(clock))
        try await receive()
    }

    private func receive() async throws { try await book.submit(StockCommand(.receive(5), of: StockKey(sku: "mug"))) }

    private func settings(kept: Int = 3, other: Bool = true) -> BookServer.Backups {
        var settings = BookServer.Backups(folder: folder)
        settings.every = .init(.seconds(3_600))
        settings.kept = kept
        settings.otherFolder = other ? self.other : nil
        return settings
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test func `makes a copy each hour, keeps the newest, and brings each to the other folder`() async throws {
        defer { book.close() }
        try Data().write(to: URL(fileURLWithPath: folder + "/shop-by-hand.db"))
        try Data().write(to: URL(fileURLWithPath: folder + "/other-20261129T120000Z.db"))
        let schedule = try BackupSchedule(book, settings())
        var made = 0
        for minute in stride(from: 0, through: 300, by: 10) {
            clock.move(to: Self.noon.advanced(by: .minutes(Int64(minute))))
            if try await schedule.step() != nil { made += 1 }
            try await receive()
        }
        #expect(made == 6)
        let kept = ["150000", "160000", "170000"].map { "shop-20261129T\($0)Z.db" }
        let both = kept.flatMap { [$0, $0 + ".digest"] }
        #expect(
            Set(try names(folder)) == Set(both + ["other-20261129T120000Z.db", "shop-by-hand.db", "shop.backups"]))
        #expect(Set(try names(other)) == Set(both + ["shop.backups"]))
        let audits = try book.engine.audits(limit: 100).filter { $0.type == "$backup" }
        #expect(audits.count == 6)
        let copy = try OrderBook.open(folder + "/" + kept[2], workflows: [], world: .virtual(clock))
        defer { copy.close() }
        #expect(try await copy.stock(StockKey(sku: "mug"))?.free == 5 * 31)
    }

    @Test func `goes on after a kill with what is missing, and not sooner than an hour after the last copy`()
        async throws
    {
        defer { book.close() }
        let first = try BackupSchedule(book, settings(other: false))
        #expect(try await first.step() != nil)
        let name = "shop-20261129T120000Z.db"
        // A kill after the copy had its name, and one in the middle of the next.
        try FileManager.default.removeItem(atPath: "\(folder)/\(name).digest")
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/shop-20261129T123000Z.db.part"))
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/mine.part"))
        let second = try BackupSchedule(book, settings())
        #expect(try names(folder) == ["mine.part", name, "shop.backups"])
        clock.move(to: Self.noon.advanced(by: .minutes(59)))
        #expect(try await second.step() == nil)
        #expect(try names(other) == [name, name + ".digest", "shop.backups"])
        clock.move(to: Self.noon.advanced(by: .minutes(60)))
        #expect(try await second.step()?.path.hasSuffix("shop-20261129T130000Z.db") == true)
    }

    @Test func `does not count a copy that cannot be read, and keeps those that are there when it fails`() async throws
    {
        defer { book.close() }
        let schedule = try BackupSchedule(book, settings(kept: 1, other: false))
        #expect(try await schedule.step() != nil)
        let name = "shop-20261129T120000Z.db"
        try FileManager.default.removeItem(atPath: "\(folder)/\(name).digest")
        try Data("no database".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        let failure = await #expect(throws: BackupFailure.self) { try await schedule.step() }
        #expect(failure?.kind == .damaged)
        #expect(try names(folder) == [name + ".damaged", "shop.backups"])
        #expect(try await schedule.step() != nil)
        #expect(try names(folder).contains(name))

        // The next copy has no place: the old one stays.
        clock.move(to: Self.noon.advanced(by: .minutes(60)))
        try FileManager.default.createDirectory(
            atPath: folder + "/shop-20261129T130000Z.db.part", withIntermediateDirectories: true)
        let next = await #expect(throws: BackupFailure.self) { try await schedule.step() }
        #expect(next?.kind == .badPlace)
        #expect(try names(folder).contains(name))
    }

    /// One copy that was dated ahead was newest for ever: a copy in each round, and each took the place of a real one.
    @Test func `does not count a copy that is dated ahead`() async throws {
        defer { book.close() }
        let ahead = "shop-20990101T000000Z.db"
        try await book.backup(to: folder + "/" + ahead)
        let schedule = try BackupSchedule(book, settings(kept: 2))
        var made = 0
        for minute in stride(from: 0, through: 180, by: 10) {
            clock.move(to: Self.noon.advanced(by: .minutes(Int64(minute))))
            if try await schedule.step() != nil { made += 1 }
        }
        #expect(made == 4)
        for folder in [folder, other] {
            #expect(
                try names(folder).filter { $0.hasSuffix(".db") }
                    == ["shop-20261129T140000Z.db", "shop-20261129T150000Z.db", ahead])
        }
    }

    /// A disk that is away would let the other one fill.
    @Test func `removes old copies while the other folder cannot take any`() async throws {
        defer { book.close() }
        let schedule = try BackupSchedule(book, settings(kept: 2))
        #expect(try await schedule.step() != nil)
        try FileManager.default.moveItem(atPath: other, toPath: temporary.file("away"))
        for hour in 1...5 {
            clock.move(to: Self.noon.advanced(by: .minutes(Int64(60 * hour))))
            let failure = await #expect(throws: BackupFailure.self) { try await schedule.step() }
            #expect(failure?.kind == .badPlace)
        }
        #expect(
            try names(folder).filter { $0.hasSuffix(".db") }
                == ["shop-20261129T160000Z.db", "shop-20261129T170000Z.db"])
    }

    @Test func `stops in the middle of reading a copy, which is read again`() async throws {
        defer { book.close() }
        let schedule = try BackupSchedule(book, settings())
        #expect(try await schedule.step() != nil)
        let digest = "\(folder)/shop-20261129T120000Z.db.digest"
        try FileManager.default.removeItem(atPath: digest)
        let (begin, go) = AsyncStream.makeStream(of: Void.self)
        let stopped = Task {
            _ = await begin.first { _ in true }
            try await schedule.step()
        }
        stopped.cancel()
        go.yield()
        let failure = await #expect(throws: BackupFailure.self) { try await stopped.value }
        #expect(failure?.kind == .ended)
        #expect(try await schedule.step() == nil)
        #expect(FileManager.default.fileExists(atPath: digest))
    }

    /// What hinders the reading passes, and the copy is as good as it was.
    @Test func `keeps a copy under its name that cannot be reached now`() async throws {
        defer { book.close() }
        let schedule = try BackupSchedule(book, settings(other: false))
        #expect(try await schedule.step() != nil)
        let copy = "\(folder)/shop-20261129T120000Z.db"
        try FileManager.default.removeItem(atPath: copy + ".digest")
        try FileManager.default.moveItem(atPath: copy, toPath: temporary.file("aside"))
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: false)
        let failure = await #expect(throws: BackupFailure.self) { try await schedule.step() }
        #expect(failure?.kind == .inputOutput)
        try FileManager.default.removeItem(atPath: copy)
        try FileManager.default.moveItem(atPath: temporary.file("aside"), toPath: copy)
        #expect(try await schedule.step() == nil)
        #expect(try names(folder).contains("shop-20261129T120000Z.db.digest"))
    }

    @Test func `begins where a kill has left half of the file that names the shop`() throws {
        defer { book.close() }
        try Data("half".utf8).write(to: URL(fileURLWithPath: folder + "/shop.backups.part"))
        _ = try BackupSchedule(book, settings())
        #expect(try names(folder) == ["shop.backups"])
    }

    @Test func `refuses folders that would not keep a copy`() async throws {
        defer { book.close() }
        func failure(_ change: (inout BookServer.Backups) -> Void) -> ServerFailure? {
            var settings = settings()
            change(&settings)
            do throws(ServerFailure) {
                _ = try BackupSchedule(book, settings)
                return nil
            } catch {
                return error
            }
        }
        #expect(failure { $0.folder = "/nowhere" }?.description.contains("/nowhere") == true)
        #expect(failure { $0.otherFolder = "/nowhere" }?.kind == .badSetting)
        #expect(failure { $0.otherFolder = $0.folder + "/../backups" }?.kind == .badSetting)
        #expect(failure { $0.kept = 0 }?.kind == .badSetting)
        #expect(failure { $0.every = .init(.milliseconds(10)) }?.kind == .badSetting)
        #expect(failure { _ in } == nil)
        // Another shop of the same name would take these copies for old ones of its own.
        let world = OrderBook.World.virtual(VirtualClock(start: Self.noon), seed: 2)
        let second = try OrderBook.open(temporary.file("other") + "/shop.db", workflows: [], world: world)
        defer { second.close() }
        #expect(throws: ServerFailure.self) { try BackupSchedule(second, settings()) }
    }
}
