import Synchronization
import Testing
import Waybill

/// What the metrics of this test have recorded, by label.
private let recorded = Mutex([String: Int64]())

/// The types of swift-metrics that the example uses, with the same calls: the library itself is not imported.
private struct Timer: Sendable {
    let label: String

    func recordNanoseconds(_ duration: Int64) { recorded.withLock { $0[label, default: 0] += duration } }
    func recordMilliseconds(_ duration: Int64) { recordNanoseconds(duration * 1_000_000) }
}

private struct Recorder: Sendable {
    let label: String

    func record(_ value: Int) { recorded.withLock { $0[label, default: 0] += Int64(value) } }
}

private struct Counter: Sendable {
    let label: String

    init(label: String, dimensions: [(String, String)]) {
        self.label = ([label] + dimensions.map { "\($0.0)=\($0.1)" }).joined(separator: " ")
    }

    func increment(by amount: Int = 1) { recorded.withLock { $0[label, default: 0] += Int64(amount) } }
}

/// The example of the page `Operating`.
@Suite struct `The documented meters` {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    @Test func `are closures of a metrics library`() async throws {
        let path = directory.path("shop.db")
        let commits = Timer(label: "waybill_commit_duration")
        let sizes = Recorder(label: "waybill_write_requests")
        let late = Timer(label: "waybill_timeout_lateness")
        var settings = OrderBook.Settings()
        settings.meters.wrote = { nanoseconds, requests in
            commits.recordNanoseconds(Int64(clamping: nanoseconds))
            sizes.record(requests)
        }
        settings.meters.fired = { late.recordMilliseconds($0.milliseconds) }
        settings.meters.refused = { code in
            Counter(label: "waybill_refusals_total", dimensions: [("code", code)]).increment()
        }
        settings.meters.delivered = { group, messages in
            let labels = [("group", group.description)]
            Counter(label: "waybill_messages_delivered_total", dimensions: labels).increment(by: messages)
        }
        let book = try OrderBook.open(path, settings: settings)
        try await book.messages.createTopic("news")
        try await book.messages.createGroup("desk")
        try await book.messages.send(NewMessage(to: "news", body: [1]))
        #expect(try await book.messages.receive("desk", Subscription("news")).count == 1)
        await #expect(throws: MessageRefusal.topicExists("news")) { try await book.messages.createTopic("news") }
        await book.close()
        let seen = recorded.withLock { $0 }
        #expect(seen["waybill_commit_duration", default: 0] > 0 && seen["waybill_write_requests", default: 0] >= 3)
        #expect(seen["waybill_messages_delivered_total group=desk"] == 1)
        #expect(seen["waybill_refusals_total code=topic_exists"] == 1)
    }
}
