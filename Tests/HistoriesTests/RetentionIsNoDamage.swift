import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// What retention takes away is told from what is missing.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3"), "changing a file needs sqlite3"))
struct `A file that retention has shortened` {
    /// Some days of a shop; then nearly all messages go, some of which a group was owed, and the shop goes on.
    private func fill(_ path: String) async throws {
        let book = try OrderBook.open(
            path, workflows: WorkflowText.shipped + [Shop.reminder], world: .virtual(VirtualClock(start: Shop.opening)))
        try await Shop.live(in: book)
        try book.engine.store.write { transaction in
            let group = try transaction.keepGroup(GroupRow(name: "points", createdAt: Shop.opening))
            for var topic in try transaction.topics(after: TopicNumber(0), limit: 100) {
                topic.bytesMax = 1
                try transaction.update(topic)
                for queue in try transaction.storedQueues(of: topic.number) {
                    try transaction.put(CursorRow(group: group.number, queue: queue.number), replacing: nil)
                }
            }
        }
        book.advance(by: .days(3))
        while try book.engine.maintain() {}
        #expect(try !book.engine.audits(limit: 10).isEmpty)
        let sale: JSON = ["buyer": "zoe", "sku": "mug", "at": "north", "price_cents": 900, "limit": 2]
        try await book.submit(OrderCommand("place", of: "sale-9", data: sale, workflow: "flash-sale"))
        await book.close()
    }

    @Test func `is sound, its gaps are in the journal, and replay agrees`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        try await fill(path)
        #expect(try sqlite(path, "SELECT count(*) FROM message") == "1")
        #expect(try sqlite(path, "SELECT count(*) FROM event WHERE type = '$gap'") != "0")
        let report = try Verify().run(path)
        #expect(report.findings == [])
    }

    @Test func `is sound when a lane has gone with its messages`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        let book = try OrderBook.open(
            path, workflows: [Shop.reminder], world: .virtual(VirtualClock(start: Shop.opening)))
        for (order, lane) in [("n-1", ""), ("n-2", "green"), ("n-3", "blue")] as [(OrderID, Text)] {
            let command = OrderCommand("place", of: order, data: ["buyer": "ann"], workflow: "reminder", lane: lane)
            try await book.submit(command)
        }
        book.advance(by: .days(9))
        while try book.engine.maintain() {}
        #expect(try await book.messages.lanes().map(\.name) == ["blue"])
        await book.close()
        #expect(try sqlite(path, "SELECT count(*) FROM message") == "0")
        #expect(try Verify().run(path).findings == [])
    }

    /// Earlier releases deleted a topic whatever waited for it.
    @Test func `is sound when a topic was deleted under a delayed message`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        let world = World.virtual(VirtualClock(start: Shop.opening))
        let book = try OrderBook.open(path, workflows: [Shop.reminder], world: world)
        let command = OrderCommand("place", of: "n-1", data: ["buyer": "ann"], workflow: "reminder")
        try await book.submit(command)
        try book.engine.store.write { transaction in
            let topic = try #require(try transaction.topic("reminders"))
            try transaction.deleteTopic(topic, at: book.now.advanced(by: .minutes(1)))
        }
        await book.close()
        #expect(try Verify().run(path).findings == [])
    }

    @Test func `still misses a message that was sent after`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        try await fill(path)
        _ = try sqlite(path, "DELETE FROM message")
        let report = try Verify().run(path)
        #expect(report.findings.contains { "\($0)".contains("it is missing") })
    }
}
