import Synchronization
import WaybillBroker
import WaybillCore
import WaybillEngine

extension BenchEngine {
    /// Messages of one receive.
    private static let batch = 32
    private static let wait = Interval.seconds(1)

    func createTopic(_ topic: TopicName, _ type: TopicType = .normal) async throws {
        try await submit(CreateTopic(topic, TopicSettings(type: type, bytesMax: 64 << 30)))
    }

    /// Makes groups that are owed what the topic gets from now on.
    func createGroups(_ names: [GroupName], isFIFO: Bool = false, on topic: TopicName) async throws {
        for name in names {
            try await submit(KeepGroup(name, GroupSettings(isFIFO: isFIFO)))
            try await submit(Subscribe(name, Subscription(topic)))
        }
    }

    /// Lets callers publish for some seconds, each waiting for its answer; answers how many messages a second.
    func publish(_ traffic: MessageTraffic, from callers: Int, seconds: Double) async throws -> Double {
        let watch = Stopwatch()
        let sent = try await submitAll(from: callers) { watch.seconds < seconds ? traffic.send($0) : nil }
        return Double(sent) / watch.seconds
    }

    /// Lets consumers of some groups receive batches and acknowledge each message, until it is over.
    ///
    /// - Parameters:
    ///   - isOver: asked before each receive, with the number of messages acknowledged so far.
    ///   - note: told of each delivery when it comes.
    /// - Returns: how many messages were acknowledged, and how long it took until the last.
    func consume(
        _ groups: [GroupName], consumers: Int, of topic: TopicName, until isOver: @escaping @Sendable (Int) -> Bool,
        note: @escaping @Sendable (Delivery) -> Void = { _ in }
    ) async throws -> (count: Int, seconds: Double) {
        let count = ConsumedCount()
        try await withThrowingDiscardingTaskGroup { tasks in
            for group in groups {
                for number in 0..<consumers {
                    tasks.addTask { @concurrent in
                        let request = ReceiveRequest(
                            group: group, subscription: Subscription(topic), client: Text("consumer-\(number)"),
                            max: Self.batch, wait: Self.wait)
                        while !isOver(count.value) {
                            let deliveries = try await engine.receive(request).get()
                            deliveries.forEach(note)
                            try await acknowledge(deliveries)
                            count.add(deliveries.count)
                        }
                    }
                }
            }
        }
        return (count.value, count.seconds)
    }

    private func acknowledge(_ deliveries: [Delivery]) async throws {
        try await withThrowingDiscardingTaskGroup { tasks in
            for delivery in deliveries {
                tasks.addTask { @concurrent in try await submit(Acknowledge(delivery.receipt)) }
            }
        }
    }
}

/// How many messages were acknowledged, and when the last of them was.
private final class ConsumedCount: Sendable {
    private let watch = Stopwatch()
    private let count = Atomic(0)
    private let last = Atomic(0.0)

    func add(_ more: Int) {
        guard more > 0 else { return }
        count.wrappingAdd(more, ordering: .relaxed)
        last.store(watch.seconds, ordering: .relaxed)
    }

    var value: Int { count.load(ordering: .relaxed) }
    var seconds: Double { last.load(ordering: .relaxed) }
}
