import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// A file that an earlier release wrote, as it lies in `Tests/Kept`. `make.py`, `make2.py` and `make3.py` beside it
/// tell what each holds, and how it was made; they are never made again.
struct KeptFile: CustomTestStringConvertible, Sendable {
    let name: String
    /// Its events, and those of them that belong to orders: as many are decided again.
    let events: Int
    let decided: Int

    var testDescription: String { name }

    /// What the release wrote whose journals have semantics 1, and whose files have version 5.
    static let ofVersion5 = [
        KeptFile(name: "demo", events: 590, decided: 282),
        KeptFile(name: "workflows", events: 202, decided: 192),
        KeptFile(name: "messages", events: 8, decided: 7),
        KeptFile(name: "rush", events: 58, decided: 37),
        KeptFile(name: "stopped", events: 28, decided: 23),
        // Of these, 7 are in the file, and 5 in the WAL beside it.
        KeptFile(name: "killed", events: 12, decided: 11),
    ]

    /// What the release wrote whose journals have semantics 2, and whose files have version 7: see `make2.py`.
    /// The opening adds two events: what was pending for a time that had passed fires at once.
    static let ofVersion7 = [KeptFile(name: "late", events: 17, decided: 19)]

    /// What the release wrote whose files have version 15: a server that was killed in the middle of traffic, see
    /// `make3.py`.
    static let ofVersion15 = [KeptFile(name: "served", events: 22, decided: 15)]

    static let all = ofVersion5 + ofVersion7 + ofVersion15

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Kept")

    /// Copies it, with the WAL that belongs to it.
    func copy(to directory: TemporaryDirectory) throws -> String {
        let path = directory.file("\(name).waybill")
        for ending in ["", "-wal"] {
            let kept = Self.folder.appendingPathComponent("\(name).waybill\(ending)").path
            guard FileManager.default.fileExists(atPath: kept) else { continue }
            try FileManager.default.copyItem(atPath: kept, toPath: path + ending)
        }
        return path
    }

    /// Opens a copy as it was left: no time has passed since.
    func open(_ path: String, workflows: [WorkflowText] = []) throws -> OrderBook {
        let clock = VirtualClock(start: Moment(milliseconds: 0))
        let book = try OrderBook.open(path, workflows: workflows, world: .virtual(clock))
        let position = book.engine.lastPosition
        if let last = try book.engine.store.read({ rows in try rows.event(at: position) }) { book.advance(to: last.at) }
        return book
    }

    /// The workflow texts that came with the release.
    static func texts() throws -> [WorkflowText] {
        let folder = folder.appendingPathComponent("Workflows")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            try WorkflowText(
                String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8), source: name)
        }
    }
}

@Suite struct `A file of an earlier release` {
    @Test(arguments: KeptFile.all)
    func `opens, is sound, and every event of it is decided again as it was`(_ kept: KeptFile) throws {
        let directory = try TemporaryDirectory()
        let path = try kept.copy(to: directory)
        #expect(try Verify().run(path).findings == [])
        let book = try kept.open(path)
        defer { book.close() }
        #expect(book.engine.lastPosition.number >= Int64(kept.events))
        try expectWhole(book, decided: kept.decided...kept.decided)
    }

    @Test(arguments: KeptFile.all)
    func `lives on, and old and new events of it are decided each by their own rules`(_ kept: KeptFile) throws {
        let directory = try TemporaryDirectory()
        let path = try kept.copy(to: directory)
        let book = try kept.open(path, workflows: WorkflowText.shipped)
        for _ in 1...60 { book.advance(by: .days(1)) }
        try expectWhole(book, decided: kept.decided...Int.max)
        book.close()
        #expect(try Verify().run(path).findings == [])
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3")))
    func `comes out otherwise when the interpreter decides otherwise under the same number`() throws {
        let directory = try TemporaryDirectory()
        let path = try #require(KeptFile.ofVersion5.first { $0.name == "workflows" }).copy(to: directory)
        // What the order's text says is no different to the check from what the interpreter makes of it.
        _ = try sqlite(path, "UPDATE workflow SET text = replace(text, 'within: 1d', 'within: 25h')")
        let book = try OrderBook.open(path, workflows: [], world: .virtual(VirtualClock(start: Shop.opening)))
        defer { book.close() }
        let decided = try Replay(book).decide()
        #expect(decided.differences >= 20)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3")))
    func `is compared by value where its events are of an older format, and by byte where they are of the newest`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let old = try #require(KeptFile.ofVersion5.first { $0.name == "workflows" }).copy(to: directory)
        let new = directory.file("shop.db")
        try await Shop.fill(new)
        for (path, differences) in [(old, 0), (new, 8)] {
            _ = try sqlite(path, #"UPDATE event SET body = replace(body, ',"status":', ', "status": ')"#)
            let changed = try sqlite(path, #"SELECT count(*) FROM event WHERE body LIKE '%, "status": %'"#)
            #expect(try #require(Int(changed)) >= 8)
            let book = try OrderBook.open(path, workflows: [], world: .virtual(VirtualClock(start: Shop.opening)))
            defer { book.close() }
            let decided = try Replay(book).decide()
            #expect(decided.differences >= differences && (differences > 0 || decided.differences == 0))
        }
        _ = try sqlite(old, #"UPDATE event SET body = replace(body, '"deposit paid"', '"deposit lost"')"#)
        let book = try OrderBook.open(old, workflows: [], world: .virtual(VirtualClock(start: Shop.opening)))
        defer { book.close() }
        #expect(try Replay(book).decide().differences >= 7)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3")))
    func `has workflow texts that are still read, and are the same texts`() throws {
        let texts = try KeptFile.texts()
        #expect(texts.count == 9)
        let directory = try TemporaryDirectory()
        let path = try #require(KeptFile.ofVersion5.first { $0.name == "workflows" }).copy(to: directory)
        let before = try sqlite(path, "SELECT count(*) FROM workflow")
        let book = try OrderBook.open(path, workflows: texts, world: .virtual(VirtualClock(start: Shop.opening)))
        book.close()
        #expect(try sqlite(path, "SELECT count(*) FROM workflow") == before)
    }

    /// Folded and decided again, it is the same, and no event is left out.
    private func expectWhole(_ book: OrderBook, decided expected: ClosedRange<Int>) throws {
        let replay = Replay(book)
        #expect(try replay.fold().first == [])
        let decided = try replay.decide()
        #expect(decided.first == [])
        #expect(decided.otherSemantics == 0)
        #expect(expected.contains(decided.events))
        #expect(try replay.foldStock().first == [])
    }
}
