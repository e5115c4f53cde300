import Fixtures
import MetricsTestKit
import Testing
import Waybill
import WaybillServer

/// `OrderBook.Meters.swiftMetrics`: observations of a program's book reach its metrics library.
@Suite struct `Observations of a book` {
    @Test func `reach swift-metrics under their labels`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        let metrics = TestMetrics()
        var settings = OrderBook.Settings()
        settings.meters = .swiftMetrics(metrics)
        let book = try OrderBook.open(path, settings: settings)
        try await book.messages.createTopic("news")
        try await book.messages.createGroup("desk")
        for number in 1...3 { try await book.messages.send(NewMessage(to: "news", body: [UInt8(number)])) }
        var got = 0
        while got < 3 { got += try await book.messages.receive("desk", Subscription("news")).count }
        for _ in 1...2 {
            await #expect(throws: MessageRefusal.topicExists("news")) { try await book.messages.createTopic("news") }
        }
        await book.close()
        let commits = try metrics.expectTimer("waybill_commit_duration").values
        #expect(commits.count >= 5 && commits.allSatisfy { $0 > 0 })
        #expect(try metrics.expectRecorder("waybill_write_requests").values.count == commits.count)
        #expect(try metrics.expectCounter("waybill_refusals_total", [("code", "topic_exists")]).totalValue == 2)
        #expect(
            try metrics.expectCounter("waybill_messages_delivered_total", [("group", "desk")]).totalValue == 3)
    }
}
