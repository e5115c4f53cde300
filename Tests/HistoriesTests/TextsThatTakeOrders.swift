import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillEngine

/// That another text takes new orders is an event of the journal: kept, checked, replayed and copied with it.
@Suite struct `The activation of a text` {
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("shop.db")
    }

    private static func text(_ version: Int) -> WorkflowText {
        WorkflowText(
            """
            id: shop
            version: \(version)
            commands: {place: {}, go: {}}
            initial: v\(version)
            states: {v\(version): {on: {go: v\(version)}}}
            """, source: "shop.yaml")
    }

    private func open(_ path: String, _ versions: Int..., minutes: Int64 = 0) throws -> OrderBook {
        try OrderBook.open(
            path, workflows: versions.map(Self.text),
            world: .virtual(VirtualClock(start: Shop.opening.advanced(by: .minutes(minutes)))))
    }

    private func place(_ id: OrderID, in book: OrderBook) async throws -> Text? {
        try await book.submit(OrderCommand("place", of: id, workflow: "shop"))
        return try await book.order(id)?.states.first
    }

    private func activations(_ book: OrderBook) throws -> [EventView] {
        try book.engine.audits(limit: 100).filter { $0.type == .activationEvent }
    }

    /// Orders under version 1 and 2, and then, back by hand, under 1.
    private func fill() async throws {
        let first = try open(path, 1)
        _ = try await place("o-1", in: first)
        await first.close()
        let second = try open(path, 2, minutes: 1)
        _ = try await place("o-2", in: second)
        let earlier = try #require(try await second.workflowEditions().first { $0.version == 1 })
        second.advance(by: .minutes(1))
        try await second.activate(earlier, caller: "ops")
        try await second.activate(earlier, caller: "ops")
        #expect(try await place("o-3", in: second) == "v1")
        await second.close()
    }

    @Test func `is an event with who asked for it, and the first text of a name is none`() async throws {
        try await fill()
        let book = try open(path, 1)
        defer { book.close() }
        let events = try activations(book)
        #expect(events.map(\.caller) == ["", "ops"])
        #expect(events.map(\.at) == [1, 2].map { Shop.opening.advanced(by: .minutes($0)) })
        let hashes = try await book.workflowEditions().map(\.hash)
        let bodies = try events.map { try WorkflowActivation($0.body) }
        #expect(bodies.map(\.hash) == [hashes[1], hashes[0]])
        #expect(bodies.map(\.before) == hashes)
        #expect(bodies.map(\.version) == [2, 1])
    }

    @Test func `leaves the file sound, and every event is decided again`() async throws {
        try await fill()
        #expect(try Verify().run(path).findings == [])
        let book = try open(path, minutes: 9)
        defer { book.close() }
        let decided = try Replay(book).decide()
        #expect(decided.events == 3 && decided.differences == 0 && decided.otherSemantics == 0)
    }

    @Test func `comes with an export, and the copy places orders under the same text`() async throws {
        try await fill()
        let original = try open(path, minutes: 9)
        defer { original.close() }
        let copy = try OrderBook.inMemory(
            workflows: [Self.text(2)], world: .virtual(VirtualClock(start: Shop.opening)))
        defer { copy.close() }
        let history = try export(original)
        #expect(history.result.activations == 2 && history.result.leftOut == [:])
        let result = try Import().run(
            HistoryFile(history.path, workflow: nil, mode: .strict), into: copy,
            difference: { Issue.record("\($0)") })
        #expect(result.refused == 0 && result.differingOrders == 0)
        #expect(try StateDigest.value(of: copy) == StateDigest.value(of: original))
        #expect(try activations(copy).last?.caller == "ops")
        #expect(try activations(copy).last?.at == activations(original).last?.at)
        #expect(try await place("o-9", in: copy) == "v1")
    }

    @Test func `of a history does not change the texts of a file in which others live`() async throws {
        try await fill()
        let original = try open(path, minutes: 9)
        defer { original.close() }
        let other = directory.file("other.db")
        let living = try open(other, 2, minutes: 20)
        #expect(try await place("mine-1", in: living) == "v2")
        let history = try export(original)
        let result = try Import().run(
            HistoryFile(history.path, workflow: nil, mode: .strict), into: living,
            difference: { Issue.record("\($0)") })
        #expect(result.accepted == 3)
        #expect(try ["o-1", "o-2", "o-3"].map { try living.order($0)?.states.first } == ["v1", "v2", "v1"])
        #expect(try activations(living) == [])
        await living.close()
        let again = try open(other, minutes: 21)
        #expect(try await place("mine-2", in: again) == "v2")
        await again.close()
        #expect(try Verify().run(other).findings == [])
    }

    private func export(_ book: OrderBook) throws -> (path: String, result: ExportResult) {
        var bytes: [UInt8] = []
        let result = try Export().run(book) { bytes += $0 }
        return (try directory.write(bytes, to: "history.jsonl"), result)
    }
}

/// A file in which no row says which text takes new orders, as earlier releases have left it.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3"), "changing a file needs sqlite3"))
struct `A file that does not say which text takes orders` {
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("shop.db")
    }

    private func text(_ version: Int, _ state: String) -> WorkflowText {
        WorkflowText(
            """
            id: shop
            version: \(version)
            commands: {place: {}, go: {}}
            initial: \(state)
            states: {\(state): {on: {go: \(state)}}}
            """, source: "shop.yaml")
    }

    private func place(_ id: OrderID, _ texts: WorkflowText...) async throws -> (state: Text?, idle: Int) {
        let book = try OrderBook.open(
            path, workflows: texts, world: .virtual(VirtualClock(start: Shop.opening)))
        defer { book.close() }
        try await book.submit(OrderCommand("place", of: id, workflow: "shop"))
        return await (try book.order(id)?.states.first, book.idleWorkflows.count)
    }

    /// Opened with version 2 and then with 1, of which an earlier release let the last one take orders.
    private func makeOldFile() async throws {
        _ = try await place("o-1", text(2, "second"))
        _ = try await place("o-2", text(1, "first"))
        _ = try sqlite(path, "DELETE FROM waybill_current_workflow; UPDATE workflow SET meaning = NULL, digest = NULL")
    }

    @Test func `lets the newest take them`() async throws {
        try await makeOldFile()
        #expect(try await place("o-3").state == "first")
        #expect(try Verify().run(path).findings == [])
    }

    @Test func `lets the newest go on when another text of its version is opened, also after that`() async throws {
        try await makeOldFile()
        let (state, idle) = try await place("o-3", text(1, "other"))
        #expect(state == "first")
        #expect(idle == 1)
        #expect(try await place("o-4").state == "first")
        #expect(try Verify().run(path).findings == [])
    }

    @Test func `lets a higher version take them, and notes that`() async throws {
        try await makeOldFile()
        #expect(try await place("o-3", text(2, "second")).state == "second")
        #expect(try await place("o-4").state == "second")
        #expect(try Verify().run(path).findings == [])
    }

    @Test func `knows a text again by what it says`() async throws {
        try await makeOldFile()
        var commented = text(1, "first")
        commented.text += "\n# Nothing else.\n"
        let (state, idle) = try await place("o-3", commented)
        #expect(state == "first" && idle == 0)
        #expect(try sqlite(path, "SELECT count(*) FROM workflow") == "2")
    }

    @Test func `is opened although a stored text of the name cannot be read`() async throws {
        try await makeOldFile()
        _ = try sqlite(path, "UPDATE workflow SET text = 'states: [' WHERE number = 1")
        #expect(try await place("o-3", text(3, "third")).state == "third")
    }
}

/// Which text takes new orders, against what the journal says.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3"), "changing a file needs sqlite3"))
struct `A check of workflow texts` {
    static let all = [
        Damage(
            "another text takes new orders", "UPDATE waybill_current_workflow SET workflow = 1",
            "new orders of shop are placed under the text", "its journal does not say so"),
        Damage(
            "a text takes new orders that is not there", "UPDATE waybill_current_workflow SET workflow = 9",
            "new orders of shop are placed under text number 9"),
        Damage(
            "another time", "UPDATE waybill_current_workflow SET activated_at = activated_at + 1",
            "its journal does not say so"),
        Damage("the row is gone", "DELETE FROM waybill_current_workflow", "it has lost which text takes new orders"),
        Damage("another version", "UPDATE workflow SET version = 3 WHERE number = 2", "listed with version 3"),
        Damage(
            "the digest of another text", "UPDATE workflow SET meaning = hash WHERE number = 2",
            "has the digest of another text"),
    ]

    @Test(arguments: all) func `names`(_ damage: Damage) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        for version in 1...2 {
            let text = """
                id: shop
                version: \(version)
                initial: a
                states: {a: {on: {go: a}}}
                """
            try OrderBook.open(
                path, workflows: [WorkflowText(text, source: "shop.yaml")],
                world: .virtual(VirtualClock(start: Shop.opening.advanced(by: .minutes(Int64(version)))))
            ).close()
        }
        #expect(try Verify().run(path).findings == [])
        _ = try sqlite(path, damage.statement)
        let words = try Verify().run(path).findings.map(\.description)
        #expect(words.contains { line in damage.finding.allSatisfy { line.contains($0) } }, "\(words)")
    }
}
