import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillStore

@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3"), "changing a file needs sqlite3"))
struct `A check of a file` {
    @Test func `passes on a sound file and counts what it saw`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        try await Shop.fill(path)
        let report = try Verify().run(path)
        #expect(report.findings == [])
        #expect(report.isSound)
        #expect(report.orders == 7)
        #expect(report.stocks == 3)
        #expect(report.timeouts == 2 - 1)
        #expect(report.attributes == 4 * 2 + 3)
        #expect(report.schemaVersion > 0)
        let messages = try sqlite(
            path, "SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM pending_message)")
        #expect("\(report.messages)" == messages)
        let json = try JSONDecoder().decode(VerifyReport.self, from: JSONEncoder().encode(report))
        #expect(json.events == report.events)
    }

    @Test func `refuses a file that is not there, and does not make one`() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: StoreFailure.self) { try Verify().run(directory.file("nothing.db")) }
        #expect(!FileManager.default.fileExists(atPath: directory.file("nothing.db")))
    }

    @Test func `finds nothing sound in a file that was cut to nothing`() throws {
        let directory = try TemporaryDirectory()
        for bytes in [Data(), Data([0])] {
            try bytes.write(to: URL(fileURLWithPath: directory.file("cut.db")))
            let report = try Verify().run(directory.file("cut.db"))
            #expect(!report.isSound)
            #expect(report.findings.map(\.description).joined().contains("empty"))
        }
    }

    @Test(arguments: Damage.all)
    func `names the place of`(_ damage: Damage) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        try await Shop.fill(path)
        _ = try sqlite(path, damage.statement)
        let report = try Verify().run(path)
        #expect(!report.isSound)
        let words = report.findings.map(\.description)
        #expect(words.contains { line in damage.finding.allSatisfy { line.contains($0) } }, "\(words)")
    }
}

/// One change to a file, and what a finding must say of it.
struct Damage: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let statement: String
    let finding: [String]

    init(_ description: String, _ statement: String, _ finding: String...) {
        testDescription = description
        self.statement = statement
        self.finding = finding
    }

    private static let sale4 = "(SELECT number FROM orders WHERE id = 'sale-4')"
    private static let note1 = "(SELECT number FROM orders WHERE id = 'note-1')"
    private static let note2 = "(SELECT number FROM orders WHERE id = 'note-2')"

    static let all = journal + orders + stocks + messages + timeouts

    private static let otherHolding = """
        UPDATE orders SET state = replace(state, '"mug","north",0,1,0', '"mug","north",1,0,0') WHERE id = 'sale-2'
        """

    private static let journal = [
        Damage(
            "a changed event",
            "UPDATE event SET body = replace(body, '\"bob 2\"', '\"bob 9\"') WHERE position = \(note2)",
            "event ", "digest"),
        Damage(
            "the same event by its order",
            "UPDATE event SET body = replace(body, '\"bob 2\"', '\"bob 9\"') WHERE position = \(note2)",
            "order note-2", "stored state"),
        Damage("an event's changed time", "UPDATE event SET at = at + 1 WHERE position = 3", "event 3", "digest"),
        Damage("a missing event", "DELETE FROM event WHERE position = 3", "event 3 is missing"),
        Damage(
            "a missing last event", "DELETE FROM event WHERE position = (SELECT max(position) FROM event)",
            "order note-3", "version 2"),
        Damage("an event without JSON", "UPDATE event SET body = 'x' WHERE position = \(note2)", "event ", "byte 0"),
        Damage(
            "a changed workflow", "UPDATE workflow SET text = text || ' ' WHERE name = 'reminder'", "workflow reminder",
            "changed"),
    ]

    private static let orders = [
        Damage(
            "a changed count of orders", "UPDATE waybill_order_count SET orders = orders + 1",
            "the count of orders of workflow number", "and there are"),
        Damage(
            "a missing count of orders", "DELETE FROM waybill_order_count",
            "the count of orders of workflow number", " is 0, and there are"),
        Damage(
            "a count of orders that are not there", "INSERT INTO waybill_order_count VALUES (1, 'nowhere', 3)",
            "in status 'nowhere' is 3, and there are 0"),
        Damage("a changed status", "UPDATE orders SET status = 'paid' WHERE id = 'sale-4'", "order sale-4", "'paid'"),
        Damage(
            "a changed state", "UPDATE orders SET state = replace(state, '900', '901') WHERE id = 'sale-4'",
            "order sale-4", "901"),
        Damage("an order's missing row", "DELETE FROM orders WHERE id = 'note-2'", "no order and no stock row"),
        Damage(
            "an order without events",
            """
            INSERT INTO orders SELECT 9999, 'ghost', workflow, version, status, placed_at, lane, parent, root, state
            FROM orders WHERE id = 'note-2'
            """, "order ghost", "no first event"),
        Damage(
            "a missing attribute", "DELETE FROM order_attribute WHERE value = 'bob 2'", "order note-2", "buyer", "bob 2"
        ),
        Damage(
            "an extra attribute", "INSERT INTO order_attribute VALUES (0, 'buyer', 'eve', \(note2))", "order note-2",
            "eve"
        ),
    ]

    private static let stocks = [
        Damage(
            "a changed stock row", "UPDATE stock SET free = free + 1, received = received + 1 WHERE sku = 'mug'",
            "stock mug at north", "free"),
        Damage(
            "a changed holding",
            otherHolding,
            "stock mug at north", "orders hold"),
        Damage(
            "the same holding by its order",
            otherHolding,
            "order sale-2", "stored state"),
        Damage(
            "a movement beyond what there is",
            #"UPDATE event SET body = replace(body, '"receive","mug","north",5', '"receive","mug","north",2')"#,
            "stock mug at north", "more than there is"),
        Damage("a missing stock row", "DELETE FROM stock WHERE sku = 'mug'", "stock mug at north", "no row"),
        Damage(
            "an extra stock row", "INSERT INTO stock VALUES (9999, 'cup', '', 1, 1, 0, 1, 0, 0, NULL)", "stock cup",
            "no first event"),
    ]

    private static let messages = [
        Damage(
            "a missing message", "DELETE FROM message WHERE event = \(note1)", "message ", "missing", "reminders"),
        Damage("a changed message", "UPDATE message SET tag = 'x' WHERE event = \(note1)", "message ", "changed"),
        Damage(
            "a changed property",
            "UPDATE message SET properties = replace(properties, 'bob 1', 'bob 7') WHERE event = \(note1)", "message ",
            "changed"),
        Damage(
            "a changed delayed message", "UPDATE pending_message SET body = X'7B7D' WHERE event = \(note2)", "message ",
            "changed"),
        Damage(
            "a missing delayed message", "DELETE FROM pending_message WHERE event = \(note2)", "message ", "missing"),
        Damage(
            "an extra message",
            "INSERT INTO message (place, event, ordinal, born_at) SELECT max(place) + 1, \(note1), 7, 0 FROM message",
            "message ", ".7", "no event"),
        Damage(
            "a message of an event that is not there",
            "INSERT INTO message (place, event, ordinal, born_at) SELECT max(place) + 1, 99999, 0, 0 FROM message",
            "message 99999.0"),
        Damage(
            "a message in another topic",
            """
            INSERT INTO topic (number, name, created_at) VALUES (99, 'elsewhere', 0);
            INSERT INTO stored_queue (number, topic, lane, priority) VALUES (99, 99, '', 0);
            UPDATE message SET place = (99 << 40) WHERE event = \(note1)
            """, "message ", "elsewhere"),
    ]

    private static let timeouts = [
        Damage(
            "a missing timeout", "DELETE FROM timeout WHERE owner = \(note2)", "order note-2", "timeout lapse", "wake"),
        Damage(
            "an extra timeout", "INSERT INTO timeout VALUES (1, 1770000000000, \(sale4), 'x', 1)", "order sale-4",
            "timeout x"),
        Damage(
            "a timeout of nobody", "INSERT INTO timeout VALUES (1, 1770000000000, 99999, 'x', 1)", "timeout x",
            "99999"),
        Damage(
            "a timeout at another time", "UPDATE timeout SET due = due + 1 WHERE owner = \(note2)", "order note-2",
            "wake"),
        Damage(
            "a timeout that waits twice",
            """
            INSERT INTO timeout_retry (kind, due, owner, name, attempt, retry_at, error, cause)
            SELECT kind, due, owner, name, 1, NULL, 'x', 1 FROM timeout WHERE owner = \(note2)
            """,
            "order note-2", "twice"),
        Damage("a delayed message that nobody wakes", "DELETE FROM timeout WHERE kind = 2", "pending message", "wake"),
        Damage(
            "a delivery that nobody owes", "INSERT INTO timeout VALUES (3, 1, 1, '', 1)",
            "a timeout of group 1's message"),
    ]
}
