import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillEngine

/// Every column of a file of everything, set in every row to what no release writes: the check names it, and whatever
/// is asked of the file then is answered or refused. Nothing traps, and nothing goes on for ever.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3"), "changing a file needs sqlite3"))
struct `A column full of what no release writes` {
    private static let integers = [
        "0", "-1", "(-9223372036854775807 - 1)", "9223372036854775807", "4611686018427387904", "'x'", "NULL", "x'00ff'",
    ]
    private static let texts = [
        "''", "char(1) || 'garbage,'", "'9223372036854775807-9223372036854775807'", "x'ff00c3'", "NULL",
        #"'{"a":[{"b":'"#, "'[]'", "char(10, 27, 0) || 'a'",
    ]
    /// How many of its values each column gets, beginning with another one for each column.
    private static let rounds = ProcessInfo.processInfo.environment["WAYBILL_DAMAGE_ROUNDS"].flatMap { Int($0) } ?? 1
    private static let parts = 4

    private struct Case: CustomStringConvertible {
        var column: `A changed column`.Column
        var value: String

        /// SQLite gives a rowid no other type, whatever the table says; and a digest that is not known is no damage.
        var isPossible: Bool {
            let isRowid = column.type == "INTEGER" && column.keys == column.name
            return !(isRowid && ["'x'", "NULL", "x'00ff'"].contains(value))
                && !(column.name == "digest" && value == "NULL")
        }

        var description: String { "\(column.testDescription) = \(value)" }
    }

    private func cases(of path: String) throws -> [Case] {
        try `A changed column`.columns(of: path).enumerated().flatMap { index, column in
            let values = column.type == "INTEGER" ? Self.integers : Self.texts
            return (0..<Self.rounds).map { Case(column: column, value: values[(index + $0) % values.count]) }
                .filter { $0.isPossible }
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `is named by the check, and whatever is asked then is answered or refused`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("all.waybill")
        try await FileOfEverything.fill(path)
        let lax = directory.file("lax.waybill")
        try FileManager.default.copyItem(atPath: path, toPath: lax)
        // Types and NULL are no matter to it.
        _ = try sqlite(
            lax,
            """
            PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(replace(replace(replace(replace(sql,
                ' STRICT, WITHOUT', ' WITHOUT'), ' STRICT', ''), 'TEXT NOT NULL', 'TEXT'),
                'INTEGER NOT NULL', 'INTEGER'), 'ANY NOT NULL', 'ANY')
            WHERE type = 'table'
            """)
        let cases = try cases(of: path)
        let tried = try await withThrowingTaskGroup(of: Int.self) { group in
            for part in 0..<Self.parts {
                group.addTask {
                    var tried = 0
                    for (index, one) in cases.enumerated() where index % Self.parts == part {
                        if try await self.survives(one, lax: lax, whole: path) { tried += 1 }
                    }
                    return tried
                }
            }
            return try await group.reduce(0, +)
        }
        // Some cannot be set: keys that would be the same in every row, and what is NULL anyway.
        #expect(tried > cases.count / 2)
    }

    /// False: the column cannot be set to it.
    private func survives(_ one: Case, lax: String, whole: String) async throws -> Bool {
        let directory = try TemporaryDirectory()
        let path = directory.file("hostile.waybill")
        try FileManager.default.copyItem(atPath: lax, toPath: path)
        let changed = try sqlite(
            path,
            """
            PRAGMA ignore_check_constraints = 1;
            UPDATE OR IGNORE \(one.column.table) SET \(one.column.name) = \(one.value)
            WHERE \(one.column.name) IS NOT \(one.value);
            SELECT total_changes();
            ATTACH '\(whole)' AS whole; PRAGMA writable_schema = ON;
            UPDATE main.sqlite_schema AS mine SET sql = (SELECT sql FROM whole.sqlite_schema AS theirs
                WHERE theirs.type = mine.type AND theirs.name = mine.name)
            """)
        guard changed != "0" else { return false }
        if ProcessInfo.processInfo.environment["WAYBILL_DAMAGE_ROUNDS"] != nil { print("case \(one)") }
        var settings = Verify.Settings()
        settings.modules = FileOfEverything.modules(.system)
        let report = try Verify(settings: settings).run(path)
        #expect(!report.isSound || `A changed column`.unseen.contains(one.column.testDescription), "\(one)")
        let clock = VirtualClock(start: FileOfEverything.start.advanced(by: .days(1)))
        let book: OrderBook
        do {
            book = try OrderBook.open(
                path, workflows: FileOfEverything.workflows, world: .virtual(clock, seed: 9))
        } catch {
            return true
        }
        defer { book.close() }
        await ask(book)
        return true
    }

    /// Each answer counts, and each refusal.
    private func ask(_ book: OrderBook) async {
        await attempt {
            for order in try book.orders(limit: 1_000).elements {
                _ = try book.history(of: order.id)
                _ = try book.calls(of: order.id)
                _ = try book.refusals(of: order.id)
            }
        }
        await attempt { _ = try book.openCalls() }
        await attempt { _ = try book.unfinishedTimeoutJobs() }
        await attempt { _ = try book.messages.topics() }
        await attempt { _ = try book.messages.lanes() }
        await attempt { _ = try book.messages.halfMessages() }
        for topic: TopicName in ["order", "news", "trade", "oven"] {
            await attempt { _ = try book.messages.find(in: topic, from: Moment(milliseconds: 0)) }
            await attempt { _ = try book.messages.find(key: "n-1", in: topic) }
            await attempt { _ = try book.messages.retention(of: topic) }
        }
        for group: GroupName in ["ledger", "service", "coupons"] {
            await attempt { _ = try book.messages.lag(of: group) }
            await attempt { _ = try book.messages.deadLetters(of: group) }
        }
        await change(book)
        for module in FileOfEverything.modules(book.engine.world) { await attempt { try await book.install(module) } }
        for days: Int64 in [0, 30] {
            book.advance(by: .days(days))
            for _ in 0..<5 { await attempt { _ = try book.engine.maintain() } }
            await consume(book)
        }
    }

    private func change(_ book: OrderBook) async {
        let mug = StockKey(sku: "mug", location: "north")
        await attempt { try await book.submit(StockCommand(.receive(1), of: mug)) }
        let sale: JSON = ["buyer": "zoe", "sku": "mug", "at": "north", "price_cents": 900, "limit": 2]
        await attempt {
            try await book.submit(OrderCommand("place", of: "new", data: sale, workflow: "flash-sale", key: "new"))
        }
        for id: OrderID in ["sale-2", "sale-4", "open", "silent", "note-2", "m-bob"] {
            await attempt {
                try await book.submit(OrderCommand("cancel", of: id, role: "buyer", key: "s1"))
            }
            await attempt { try await book.submit(OrderCommand("done", of: id)) }
            await attempt {
                try await book.submit(OrderCommand("baked", of: id, role: "oven", key: "\(id)#1"))
            }
        }
        await attempt { try await book.extendTimeout("lapse", of: "note-2", by: .hours(2)) }
        for job in await (try? book.unfinishedTimeoutJobs()) ?? [] { await attempt { _ = try await book.resume(job) } }
        for topic: TopicName in ["news", "trade", "other"] {
            await attempt { try await book.messages.send(NewMessage(to: topic, body: [1], messageGroup: "m1")) }
        }
    }

    private func consume(_ book: OrderBook) async {
        let messages = book.messages
        for (group, topic) in [("ledger", "trade"), ("service", "news"), ("service", "order")]
            as [(GroupName, TopicName)]
        {
            for _ in 0..<2 {
                await attempt {
                    for (index, delivery) in try await messages.receive(group, Subscription(topic)).enumerated() {
                        switch index % 3 {
                        case 0: try await messages.acknowledge(delivery)
                        case 1: try await messages.fail(delivery)
                        default: try await messages.deadLetter(delivery)
                        }
                    }
                }
            }
            await attempt { try await messages.redrive(group) }
            await attempt { try await messages.lookBack(group, topic, to: .oldest) }
        }
        await attempt { try await messages.closeLane("grey", .promoted) }
        await attempt { _ = try await book.runModules() }
    }

    private func attempt(_ body: () async throws -> Void) async {
        do { try await body() } catch {}
    }
}
