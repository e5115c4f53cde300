import GRPCServing
import NIOCore
import RocketMQProto
import Waybill
import WaybillAccess
import WaybillCore

/// Where a topic is: always here, with as many queues as it is said to have. Queues are labels: each means the topic.
extension RocketMQFace {
    var queryRoute: RPC {
        waiting("QueryRoute", MQQueryRouteRequest.self, MQQueryRouteResponse.self) {
            face, asked async throws(Refused) in
            let question = asked.question
            let name = try Self.topic(question.topic)
            try face.requireRoute(asked.caller, of: name)
            let topic = try await face.known(name)
            var answer = MQQueryRouteResponse(.ok)
            let broker = face.broker(for: question.endpoints, asked.call)
            answer.messageQueues = topic.queues(as: question.topic, at: broker)
            return answer
        }
    }

    /// Throws unless a caller may do anything with a topic.
    private func requireRoute(_ caller: Caller, of topic: TopicName) throws(Refused) {
        let grants = caller.principal.grants
        let consumes = grants.contains { if case .consumer = $0 { true } else { false } }
        guard caller.principal.mayProduce(topic.text) || consumes else {
            throw Refused(.forbidden, "\(caller.principal.name) has no grant for the topic \(topic)")
        }
        try requireReader(caller, of: topic)
    }

    /// The topic of this name.
    func known(_ name: TopicName) async throws(Refused) -> TopicView {
        let found: TopicView?
        do throws(MessageRefusal) {
            found = try await book.messages.topic(name)
        } catch {
            throw Refused(error)
        }
        guard let found else { throw Refused(.unknownTopic(name)) }
        return found
    }

    /// The one broker there is, at the address by which the client has come.
    func broker(for asked: MQEndpoints, _ call: Call) -> MQBroker {
        var broker = MQBroker()
        broker.name = "waybill"
        if !settings.advertised.isEmpty {
            broker.endpoints = MQEndpoints(settings.advertised)
        } else if asked.mayComeBack {
            broker.endpoints = asked
        } else if let local = call.connection.local, let host = local.ipAddress, let port = local.port {
            broker.endpoints = MQEndpoints([HostAndPort(host: host, port: port)])
        }
        return broker
    }
}

extension TopicView {
    /// - Parameter resource: the topic as the client has named it.
    func queues(as resource: MQResource, at broker: MQBroker) -> [MQMessageQueue] {
        (0..<max(1, settings.queues)).map { queue(Int32(clamping: $0), as: resource, at: broker) }
    }

    func queue(_ id: Int32, as resource: MQResource, at broker: MQBroker) -> MQMessageQueue {
        var queue = MQMessageQueue()
        queue.topic = resource
        queue.id = id
        queue.permission = .readWrite
        queue.broker = broker
        queue.acceptMessageTypes = settings.type.accepted
        return queue
    }
}

extension TopicType {
    /// What clients may send to a topic of this type.
    var accepted: [MQMessageType] {
        switch self {
        case .normal: [.normal, .priority]
        case .fifo: [.fifo]
        case .delay: [.delay]
        case .transaction: [.transaction]
        case .mixed: [.normal, .fifo, .delay, .transaction, .priority]
        }
    }
}

extension MQEndpoints {
    private static let addressesMax = 16
    private static let hostBytesMax = 255
    /// Bytes of all hosts: with the queues of the largest topic their answer has some 700 KB.
    private static let hostsBytesMax = 512

    /// Whether they are those of a client that has come by them: it gets them back once for each queue.
    var mayComeBack: Bool {
        (1...Self.addressesMax).contains(addresses.count)
            && addresses.allSatisfy { (1...Self.hostBytesMax).contains($0.host.utf8.count) }
            && addresses.reduce(0) { $0 + $1.host.utf8.count } <= Self.hostsBytesMax
    }

    /// Addresses of one kind; a name goes alone.
    init(_ places: [HostAndPort]) {
        self.init()
        let kinds = places.map { MQAddressScheme(host: $0.host) }
        scheme = kinds.first ?? .unspecified
        let same = zip(places, kinds).filter { $0.1 == scheme }.map(\.0)
        addresses = (scheme == .domainName ? Array(same.prefix(1)) : same).map { place in
            var address = MQAddress()
            address.host = place.host
            address.port = Int32(clamping: place.port)
            return address
        }
    }
}

extension MQAddressScheme {
    init(host: String) {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isNumbers = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        self = host.contains(":") ? .ipv6 : isNumbers ? .ipv4 : .domainName
    }
}
