import GRPCServing
import Logging
import NIOCore
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillServer

/// Topics on a new file, served to RocketMQ clients as they would be by `waybill serve --rocketmq`, with a key that may
/// do what the benchmark does.
struct ServedMessages {
    static let topic = "bench"
    static let fifo = "bench-fifo"
    static let later = "bench-later"
    static let flow = "bench-flow"
    static let idle = "bench-idle"
    static let groups = (1...8).map { "group-\($0)" }

    let target: CallTarget
    private let book: OrderBook
    private let file: ScratchFile
    private let running: Task<Void, any Error>

    init(_ file: ScratchFile) async throws {
        self.file = file
        let book = try OrderBook.open(file.path, workflows: [])
        self.book = book
        for (topic, type) in [
            (Self.topic, TopicType.normal), (Self.fifo, .fifo), (Self.later, .delay), (Self.flow, .normal),
            (Self.idle, .normal),
        ] {
            try await Self.submit(
                CreateTopic(TopicName(Text(topic)), TopicSettings(type: type, bytesMax: 64 << 30)), to: book)
        }
        let token = try await NewToken(
            name: "bench", grants: ["producer:*", "consumer:*"], lasts: .days(1), reason: "benchmark"
        ).make(in: ServedBook(book), by: "bench").token
        let key = CallTarget.Key(
            access: RocketMQSecret.accessKey(ofToken: token.id),
            secret: RocketMQSecret.key(
                ofToken: token.id, createdAt: token.createdAt, fileKey: book.engine.key(for: RocketMQSecret.purpose)))
        var settings = BookServer.Settings()
        settings.http = nil
        settings.socket = .off
        settings.rocketMQ = HTTPAddress(host: "127.0.0.1", port: 0)
        let server = BookServer(book, settings: settings)
        let (places, told) = AsyncStream.makeStream(of: ServedAt.self)
        running = Task {
            defer { told.finish() }
            try await server.run { told.yield($0) }
        }
        guard let port = await places.first(where: { _ in true })?.rocketMQ?.port else {
            throw BenchmarkFailure("the server did not start")
        }
        target = CallTarget(port: port, key: key)
    }

    /// Makes a group that is owed all that a topic has, and all that it gets.
    func keep(group: String, isFIFO: Bool = false, of topic: String) async throws {
        let name = GroupName(Text(group))
        try await Self.submit(KeepGroup(name, GroupSettings(isFIFO: isFIFO)), to: book)
        try await Self.submit(Subscribe(name, Subscription(TopicName(Text(topic)))), to: book)
    }

    func end() async {
        running.cancel()
        _ = await running.result
        await book.close()
        file.remove()
    }

    private static func submit<Verb: BrokerVerb>(_ verb: Verb, to book: OrderBook) async throws {
        let reply = await book.engine.submit(OfBroker(verb))
        guard reply.isAccepted else { throw BenchmarkFailure("a request was refused: \(reply)") }
    }
}

/// The same layer that serves RocketMQ clients, with an answer that is the same for all calls: what a send costs
/// besides what is done for it.
struct ConstantCalls {
    let target: CallTarget
    private let running: Task<Void, any Error>

    /// As long as the answer to one message that is sent.
    static let answer = ByteBuffer(repeating: 0x20, count: 68)

    init(like served: CallTarget) async throws {
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        let server = GRPCServer(
            [RPC(CalledProcedure.constant.rawValue, .unary { _, call in call.answer(Self.answer) })],
            settings: GRPCServer.Settings(host: "127.0.0.1", port: 0), logger: Logger(label: "bench"),
            onRunning: { told.yield($0) })
        running = Task {
            defer { told.finish() }
            try await server.run()
        }
        guard let port = await ports.first(where: { _ in true }) else {
            throw BenchmarkFailure("the server of the constant answer did not start")
        }
        target = CallTarget(port: port, key: served.key)
    }

    func end() async {
        running.cancel()
        _ = await running.result
    }
}
