package import WaybillBroker

/// Numbers of the face for RocketMQ clients, which another part of the server keeps.
package struct RocketMQMetrics: Sendable {
    package typealias Labels = [(name: String, value: String)]

    /// How many answers, and how long they took.
    package var requests: [(labels: Labels, took: Buckets)]
    package var streams: [(labels: Labels, count: Int)]
    package var clients: [(labels: Labels, count: Int)]
    package var givenBack: UInt64

    package init(
        requests: [(labels: Labels, took: Buckets)], streams: [(labels: Labels, count: Int)],
        clients: [(labels: Labels, count: Int)], givenBack: UInt64
    ) {
        self.requests = requests
        self.streams = streams
        self.clients = clients
        self.givenBack = givenBack
    }
}

extension MetricsText {
    mutating func write(_ rocketMQ: RocketMQMetrics) {
        write(.rocketMQRequests, rocketMQ.requests.map { ($0.labels, "\($0.took.count)") })
        write(.rocketMQDuration, rocketMQ.requests.map { ($0.labels, $0.took) }, scale: 1_000_000_000)
        write(.rocketMQStreams, rocketMQ.streams.map { ($0.labels, "\($0.count)") })
        write(.rocketMQClients, rocketMQ.clients.map { ($0.labels, "\($0.count)") })
        write(.rocketMQGivenBack, "\(rocketMQ.givenBack)")
    }
}
