import Synchronization
import Waybill
import WaybillAPI
import WaybillBroker
import WaybillClient
import WaybillCore
import WaybillServer
import WaybillTimeouts

/// An order book over a file, in virtual time, behind a server that is asked over TCP.
final class ServedBroker: Sendable {
    private let clock = VirtualClock(start: ReopenedBroker.opening)
    private let isForRocketMQ: Bool
    private let file: TemporaryBrokerFile
    private let state: Mutex<State>

    private struct State {
        var book: OrderBook
        /// Nil: none serves this book yet.
        var server: RunningServer?
        /// Servers of books that were closed, and have not been waited for.
        var ended: [RunningServer] = []
        /// Who got which receipt: a consumer knows its group.
        var groups: [DeliveryReceipt: GroupName] = [:]
        var keys = 0
        /// What RocketMQ clients know, however often the server begins again.
        var rocketMQ = RocketMQMemory()

        mutating func replace(_ next: OrderBook) {
            book = next
            if let server { ended.append(server) }
            server = nil
        }
    }

    /// - Parameter isForRocketMQ: whether RocketMQ clients are served too.
    init(isForRocketMQ: Bool = false) throws {
        self.isForRocketMQ = isForRocketMQ
        file = try TemporaryBrokerFile()
        state = Mutex(State(book: try Self.open(file, clock)))
    }

    deinit {
        state.withLock { state in
            state.server?.stop()
            state.book.close()
        }
    }

    private static func open(_ file: TemporaryBrokerFile, _ clock: VirtualClock) throws -> OrderBook {
        try OrderBook.open(file.path, workflows: [], world: .virtual(clock, seed: 7))
    }

    private var book: OrderBook { state.withLock { $0.book } }

    private func restart() throws {
        book.close()
        let next = try Self.open(file, clock)
        state.withLock { $0.replace(next) }
    }

    /// Without the end that an orderly stop makes.
    private func crash() throws {
        book.engine.store.close()
        let next = try Self.open(file, clock)
        state.withLock { $0.replace(next) }
    }

    /// Asks the server of the book that is open; the first question starts it.
    private func client() async throws -> Client { try await server().client }

    /// Asks it as RocketMQ clients do.
    func rocketMQ() async throws -> RunningServer.RocketMQ {
        guard let calls = try await server().rocketMQ else { throw Unexpected("it serves no RocketMQ clients") }
        return calls
    }

    /// What RocketMQ clients know, or learn.
    func withMemory<Result: Sendable>(_ body: (inout RocketMQMemory) -> Result) -> Result {
        state.withLock { body(&$0.rocketMQ) }
    }

    private func server() async throws -> RunningServer {
        if let server = state.withLock({ $0.server }) { return server }
        let (book, ended) = state.withLock { state in
            let ended = state.ended
            state.ended = []
            return (state.book, ended)
        }
        for server in ended { await server.end() }
        let server = try await RunningServer(book, isForRocketMQ: isForRocketMQ)
        state.withLock { $0.server = server }
        return server
    }

    func ask(
        _ name: String, _ resource: Text, members: (inout JSONWriter) -> Void = { _ in }
    ) async throws -> Members {
        let key = state.withLock { state in
            state.keys += 1
            return Text("k-\(state.keys)")
        }
        let question = try Question(name, resource).with(.idempotencyKey, key).with(members)
        let reply = try await client().reply(to: question)
        return reply.body.isEmpty ? try Members(Array("{}".utf8)) : try Members(reply.body)
    }

    /// A receipt's own answer.
    private func answer(
        _ verb: String, _ receipt: DeliveryReceipt, _ more: (inout JSONWriter) -> Void = { _ in }
    ) async -> FaceRefusal? {
        // One that was invented is given to the group that receives.
        let group = state.withLock { $0.groups[receipt] ?? $0.groups.values.first ?? "points" }
        return await refusal {
            let answers = try await self.ask(verb, group.text) { writer in
                writer.members("receipts", [receipt.text]) { $0.text($1) }
                more(&writer)
            }.objects("items")
            guard answers.count == 1, try answers[0].text("receipt") == receipt.text else {
                throw Unexpected("\(answers.count) answers to one receipt")
            }
            if let problem = try answers[0].object("problem") {
                throw FaceRefusal(code: try problem.text("code").string, message: try problem.text("detail").string)
            }
            guard try answers[0].text("result") == "done" else { throw Unexpected("neither done nor a problem") }
        }
    }

    private func refusal(_ body: () async throws -> Void) async -> FaceRefusal? {
        do {
            try await body()
            return nil
        } catch {
            return FaceRefusal(of: error)
        }
    }

    private func receive(_ request: ReceiveRequest) async -> Result<[Delivery], FaceRefusal> {
        do {
            let page = try await ask("receive", request.group.text) { $0.members(of: request) }
            let deliveries = try page.objects("items").map { try $0.received() }
            state.withLock { state in
                for delivery in deliveries { state.groups[delivery.receipt] = request.group }
            }
            return .success(deliveries)
        } catch {
            return .failure(FaceRefusal(of: error))
        }
    }

    private func send(_ message: NewMessage) async throws -> MessageID {
        let sent = try await ask("sendMessages", message.topic.text) { $0.members(of: message) }
        guard let first = try sent.objects("items").first else { throw Unexpected("nothing was sent") }
        return MessageID(try first.text("id"))
    }

    var driver: DeliveryDriver {
        DeliveryDriver(
            createTopic: { name, type in
                _ = try await self.ask("putTopic", name.text) {
                    $0.member("type", Text(type.rawValue))
                    $0.member("reason", "a test")
                }
            },
            createGroup: { name, settings in
                _ = try await self.ask("putGroup", name.text) {
                    $0.members(of: settings)
                    $0.member("reason", "a test")
                }
            },
            send: { try await self.send($0) },
            receive: { await self.receive($0) },
            acknowledge: { await self.answer("acknowledge", $0) },
            fail: { receipt, delay in
                await self.answer("fail", receipt) { writer in
                    if let delay { writer.member("retry_after_ms", delay.milliseconds) }
                }
            },
            extend: { receipt, time in
                await self.answer("extend", receipt) { $0.member("invisible_ms", time.milliseconds) }
            },
            deadLetter: { await self.answer("deadLetter", $0) },
            leave: { group, client in
                await self.refusal { _ = try await self.ask("leave", group.text) { $0.member("client", client) } }
            },
            redrive: { group in
                let redriven = try await self.ask("redrive", group.text) { $0.member("reason", "a test") }
                return Int(try redriven.int("redriven"))
            },
            lookBack: { group, topic, target, isPreview in
                try await self.ask("lookBack", group.text) { writer in
                    writer.member("topic", topic.text)
                    writer.member("to", target.text)
                    writer.member("dry_run", isPreview)
                    writer.member("reason", "a test")
                }.toldLookBack()
            },
            closeLane: { lane, end in
                try await self.ask("closeLane", lane) { writer in
                    writer.member("end", Text(end.rawValue))
                    writer.member("reason", "a test")
                }.toldLaneReport()
            },
            lags: { group in
                let question = try Question("groupLag", group.text)
                return try await self.client().ask(question).objects("items").map { try $0.toldLag() }
            },
            pass: { self.book.advance(by: $0) },
            restart: { try self.restart() },
            crash: { try self.crash() })
    }
}

/// A server in this process.
struct RunningServer: Sendable {
    /// Its RocketMQ clients: a connection for all that ask for messages, and one for all else.
    typealias RocketMQ = (consumers: MessagingCalls, others: MessagingCalls)

    let client: Client
    let rocketMQ: RocketMQ?
    private let task: Task<Void, any Error>

    init(_ book: OrderBook, isForRocketMQ: Bool) async throws {
        var settings = BookServer.Settings()
        settings.http = HTTPAddress(host: "127.0.0.1", port: 0)
        settings.isOpen = true
        if isForRocketMQ {
            settings.rocketMQ = HTTPAddress(host: "127.0.0.1", port: 0)
            // Time stands still until the test turns it, so nothing may wait.
            settings.rocketMQPollMin = Interval(milliseconds: 0)
        }
        let server = BookServer(book, settings: settings)
        let (places, told) = AsyncStream.makeStream(of: ServedAt.self)
        task = Task {
            defer { told.finish() }
            try await server.run { told.yield($0) }
        }
        guard let served = await places.first(where: { _ in true }), let at = served.http else {
            throw Unexpected("no server")
        }
        client = Client(OverHTTP(.tcp(host: at.host, port: at.port)))
        guard let port = served.rocketMQ?.port else {
            rocketMQ = nil
            return
        }
        rocketMQ = (try await MessagingCalls(to: port), try await MessagingCalls(to: port))
    }

    func stop() {
        rocketMQ?.consumers.close()
        rocketMQ?.others.close()
        task.cancel()
    }

    func end() async {
        stop()
        // How a server of a book that was closed under it ends does not matter.
        _ = await task.result
    }
}

extension FaceRefusal {
    /// What a client was told, or why it was told nothing.
    init(of error: any Error) {
        switch error {
        case let refused as Refused: self.init(code: refused.code, message: refused.message)
        case let refusal as FaceRefusal: self = refusal
        default: self.init(code: "no answer", message: "\(error)")
        }
    }
}

extension LookBackTarget {
    fileprivate var text: Text {
        switch self {
        case .oldest: "oldest"
        case .newest: "newest"
        case .time(let time): Text(time.iso8601)
        case .message: "a message"
        }
    }
}

extension JSONWriter {
    fileprivate mutating func members(of request: ReceiveRequest) {
        let subscription = request.subscription
        member("topic", subscription.topic.text)
        switch subscription.kind {
        case .tag: member("tags", subscription.expression)
        case .sql: member("sql", subscription.expression)
        }
        member("max", Int64(request.max))
        member("client", request.client)
        member("lane", request.lane)
        member("attempt", ifAny: request.attempt)
        if let invisible = request.invisible { member("invisible_ms", invisible.milliseconds) }
        if request.renews { member("renew", true) }
    }

    fileprivate mutating func members(of message: NewMessage) {
        member("tag", ifAny: message.tag)
        member("message_group", ifAny: message.messageGroup)
        member("priority", Int64(message.priority))
        member("lane", message.lane)
        key("properties")
        texts(message.properties)
        key("data")
        json(message.body)
    }

    fileprivate mutating func members(of settings: GroupSettings) {
        member("fifo", settings.isFIFO)
        member("broadcast", settings.isBroadcast)
        member("max_attempts", settings.attemptsMax)
        members("ladder", settings.ladder) { $0.text(Text($1.text)) }
        member("invisible", Text(settings.invisible.text))
    }
}
