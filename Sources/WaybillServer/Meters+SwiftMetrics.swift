public import Metrics
import Synchronization
public import Waybill
import WaybillCore
public import WaybillEngine

extension OrderBook.Meters {
    /// Hands what happens on to swift-metrics: for a program that has the book open, and a monitor.
    ///
    /// ```swift
    /// var settings = OrderBook.Settings()
    /// settings.meters = .swiftMetrics(metrics)
    /// let book = try OrderBook.open(path, settings: settings)
    /// ```
    ///
    /// | label | kind | dimensions |
    /// |---|---|---|
    /// | `waybill_commit_duration` | timer | |
    /// | `waybill_write_requests` | recorder | |
    /// | `waybill_timeout_lateness` | timer | |
    /// | `waybill_refusals_total` | counter | `code` |
    /// | `waybill_messages_delivered_total` | counter | `group` |
    ///
    /// - Parameter factory: where they go; nil: where the program has bootstrapped swift-metrics to.
    public static func swiftMetrics(_ factory: (any MetricsFactory)? = nil) -> OrderBook.Meters {
        let factory = factory ?? MetricsSystem.factory
        let commits = Timer(label: "waybill_commit_duration", factory: factory)
        let sizes = Recorder(label: "waybill_write_requests", dimensions: [], aggregate: true, factory: factory)
        let late = Timer(label: "waybill_timeout_lateness", factory: factory)
        let refusals = NamedCounters("waybill_refusals_total", by: "code", factory)
        let deliveries = NamedCounters("waybill_messages_delivered_total", by: "group", factory)
        var meters = OrderBook.Meters()
        meters.wrote = { nanoseconds, requests in
            commits.recordNanoseconds(Int64(clamping: nanoseconds))
            sizes.record(requests)
        }
        meters.fired = { late.recordMilliseconds($0.milliseconds) }
        meters.refused = { refusals.add(1, to: $0) }
        meters.delivered = { group, messages in deliveries.add(messages, to: group.description) }
        return meters
    }
}

/// Counters that differ in one dimension, made when they are first needed.
private final class NamedCounters: Sendable {
    /// What is told apart; the rest counts as `other`.
    private static let namesMax = 200

    private let label: String
    private let dimension: String
    private let factory: any MetricsFactory
    private let counters = Mutex<[String: Counter]>([:])

    init(_ label: String, by dimension: String, _ factory: any MetricsFactory) {
        self.label = label
        self.dimension = dimension
        self.factory = factory
    }

    func add(_ count: Int, to name: String) {
        let counter = counters.withLock { counters -> Counter in
            let isKnown = counters[name] != nil || counters.count < Self.namesMax
            let name = isKnown ? name : "other"
            if let counter = counters[name] { return counter }
            let made = Counter(label: label, dimensions: [(dimension, name)], factory: factory)
            counters[name] = made
            return made
        }
        counter.increment(by: count)
    }
}
