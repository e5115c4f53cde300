import WaybillBroker
import WaybillCore

/// A broker as the delivery promises see it, whatever face it shows.
struct DeliveryDriver: Sendable {
    var createTopic: @Sendable (TopicName, TopicType) async throws -> Void
    var createGroup: @Sendable (GroupName, GroupSettings) async throws -> Void
    var send: @Sendable (NewMessage) async throws -> MessageID
    /// Does not wait unless the reception says so.
    var receive: @Sendable (ReceiveRequest) async -> Result<[Delivery], FaceRefusal>
    /// Nil: it was accepted.
    var acknowledge: @Sendable (DeliveryReceipt) async -> FaceRefusal?
    var fail: @Sendable (DeliveryReceipt, Interval?) async -> FaceRefusal?
    var extend: @Sendable (DeliveryReceipt, Interval) async -> FaceRefusal?
    var deadLetter: @Sendable (DeliveryReceipt) async -> FaceRefusal?
    var leave: @Sendable (GroupName, Text) async -> FaceRefusal?
    var redrive: @Sendable (GroupName) async throws -> Int
    var lookBack: @Sendable (GroupName, TopicName, LookBackTarget, Bool) async throws -> LookBackReport
    var closeLane: @Sendable (Text, LaneEnd) async throws -> LaneReport
    var lags: @Sendable (GroupName) async throws -> [GroupLag]
    var pass: @Sendable (Interval) -> Void
    /// Ends the process in an orderly way and begins another.
    var restart: @Sendable () throws -> Void
    /// Ends the process at once and begins another.
    var crash: @Sendable () throws -> Void
}

/// A kind of driver that the promises are held against.
struct DeliveryFace: Sendable, CustomStringConvertible {
    let name: String
    /// Whether a consumer is told that a look-back brought a delivery again.
    var tellsReplays = true
    /// Whether a consumer that does not renew can fail a message. One of RocketMQ can only keep it longer.
    var canFail = true
    let open: @Sendable () throws -> DeliveryDriver
    var description: String { name }

    /// The verbs of the engine. A consumer ends with the process that has the file open.
    static let inProcess = DeliveryFace(name: "in process") { try ReopenedBroker().driver }
    /// A server over TCP. A consumer outlives it.
    static let overHTTP = DeliveryFace(name: "over HTTP") { try ServedBroker().driver }
    /// A server that RocketMQ clients ask. A consumer outlives it; nothing tells it what a look-back brings again.
    static let overGRPC = DeliveryFace(name: "over gRPC", tellsReplays: false, canFail: false) {
        try ServedBroker(isForRocketMQ: true).rocketMQDriver
    }
    static let all = [inProcess, overHTTP, overGRPC]
}

/// Why a face says no: the code is the same on every face.
struct FaceRefusal: Error, Hashable {
    let code: String
    let message: String
}

extension FaceRefusal {
    init(_ refusal: MessageRefusal) { self.init(code: refusal.code, message: refusal.message) }
}

/// What went otherwise than a test needs it to go on.
struct Unexpected: Error {
    let what: String
    init(_ what: String) { self.what = what }
}

extension DeliveryDriver {
    /// Messages for a consumer of one group; a refusal ends the test.
    func take(
        _ group: GroupName, _ subscription: Subscription = Subscription("orders"), max: Int = 32,
        client: Text = "c1", _ change: (inout ReceiveRequest) -> Void = { _ in }
    ) async throws -> [Delivery] {
        var reception = ReceiveRequest(group: group, subscription: subscription, client: client, max: max)
        change(&reception)
        return try await receive(reception).get()
    }

    /// Sends a message whose body is a number.
    @discardableResult
    func send(
        _ number: Int, to topic: TopicName = "orders", tag: Text? = nil, key: Text? = nil, priority: Int = 0,
        lane: Text = "", properties: [Text: Text] = [:]
    ) async throws -> MessageID {
        try await send(
            NewMessage(
                to: topic, body: Array("\(number)".utf8), tag: tag, messageGroup: key, priority: priority,
                properties: properties, lane: lane))
    }

    /// Makes the topic and a group that reads it.
    func begin(_ group: GroupName = "points", _ settings: GroupSettings = GroupSettings()) async throws {
        try await createTopic("orders", .mixed)
        try await createGroup(group, settings)
    }

    /// Takes and acknowledges all that is there; the numbers in the order in which they came.
    func drain(_ group: GroupName, _ subscription: Subscription = Subscription("orders")) async throws -> [Int] {
        var numbers: [Int] = []
        while true {
            let batch = try await take(group, subscription)
            if batch.isEmpty { return numbers }
            numbers += batch.numbers
            for delivery in batch {
                if let refusal = await acknowledge(delivery.receipt) { throw refusal }
            }
        }
    }
}

extension [Delivery] {
    /// The numbers that the bodies say.
    var numbers: [Int] { compactMap { Int(String(decoding: $0.body, as: UTF8.self)) } }
}
