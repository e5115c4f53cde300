import GRPCServing
import NIOCore
import RocketMQProto
import SwiftProtobuf
import Synchronization
import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// One open stream of a client: answers each of its settings, and puts to a producer the questions about its half
/// messages.
///
/// What comes is worked off in order by one task; the client counts as alive as long as the stream is open.
final class TelemetryStream: Sendable {
    private enum Event: Sendable {
        case settings(MQSettings)
        /// Questions wait.
        case questions
    }

    private struct State {
        /// Topics whose producer this client is, each as it names it, with its place among those that are asked.
        var sessions: [TopicName: (resource: MQResource, session: CheckBackQueue.Session)] = [:]
        /// Frames of this second.
        var second: Int64 = 0
        var frames = 0
        /// Questions that were taken and are not with the client's connection yet.
        var unwritten = 0
        var wait: UInt64?
        var watch: RepeatedTask?
    }

    /// Frames of a client in one second.
    private static let framesMax = 100
    /// Questions of a stream that are on their way to its connection.
    private static let questionsMax = 16
    /// Bytes of bodies with which no further question is taken at a time.
    private static let questionBytesMax = 1 << 20
    private static let topicsMax = 1_000
    private static let subscriptionsMax = 100
    /// The stream of a token that was revoked ends within this time.
    private static let lookEvery = TimeAmount.seconds(4)

    private let call: Call
    private let caller: Caller
    private let face: RocketMQFace
    private let events: AsyncStream<Event>
    private let happened: AsyncStream<Event>.Continuation
    private let state = Mutex(State())

    init(_ call: Call, of caller: Caller, for face: RocketMQFace) {
        self.call = call
        self.caller = caller
        self.face = face
        (events, happened) = AsyncStream.makeStream(
            of: Event.self, bufferingPolicy: .bufferingOldest(2 * Self.framesMax))
    }

    func begin() {
        face.counts.telemetry.wrappingAdd(1, ordering: .relaxed)
        face.clients.openStream(of: caller.key)
        call.onLost { [happened] in happened.finish() }
        let wait = face.waits.add { [happened] in happened.finish() }
        let watch = call.connection.loop.scheduleRepeatedTask(
            initialDelay: Self.lookEvery, delay: Self.lookEvery
        ) { [weak self] _ in
            guard let self, !face.stands(caller) else { return }
            end()
        }
        state.withLock { state in
            state.wait = wait
            state.watch = watch
        }
        face.work { [self] in
            for await event in events {
                switch event {
                case .settings(let settings): await answer(settings)
                case .questions: await ask()
                }
            }
            close()
        }
    }

    /// A frame of the client. Results of commands that are never given are dropped.
    func take(_ bytes: ByteBuffer) {
        guard !isFlooding() else { return end() }
        guard let command: MQTelemetryCommand = face.read(bytes, call) else { return happened.finish() }
        guard case .settings(let settings) = command.command else { return }
        happened.yield(.settings(settings))
    }

    /// The client sends nothing more, or is to be asked nothing more.
    func end() { happened.finish() }

    private func isFlooding() -> Bool {
        let second = face.engine.world.uptime().milliseconds / 1_000
        return state.withLock { state in
            if state.second != second { (state.second, state.frames) = (second, 0) }
            state.frames += 1
            return state.frames > Self.framesMax
        }
    }

    private func close() {
        let (sessions, wait, watch) = state.withLock { state in
            defer { state.sessions = [:] }
            return (state.sessions.values.map(\.session), state.wait, state.watch)
        }
        watch?.cancel()
        face.counts.telemetry.wrappingSubtract(1, ordering: .relaxed)
        for session in sessions { face.engine.disconnectProducer(session) }
        if let wait { face.waits.remove(wait) }
        face.clients.closeStream(of: caller.key)
        call.end()
    }

    private func answer(_ settings: MQSettings) async {
        var command = MQTelemetryCommand()
        do throws(Refused) {
            try ClientProperties.check(settings.clientProperties)
            var answer = settings
            answer.metric = MQMetric()
            let timeout = settings.hasRequestTimeout ? settings.requestTimeout.interval : nil
            let lane = Text(settings.clientProperties["lane"] ?? "")
            face.clients.note(caller.key, lane: lane, requestTimeout: timeout)
            switch settings.pubSub {
            case .publishing(let publishing): answer.answerProducer(try await connect(publishing))
            case .subscription(let subscription): answer.answerConsumer(subscription, try await join(subscription))
            case nil:
                call.end(RPCStatus(.invalidArgument, "the settings say neither what is sent nor what is read"))
                return happened.finish()
            }
            command.status = .ok
            command.settings = answer
            call.answer(command)
        } catch {
            if error.isUnavailable {
                call.end(RPCStatus(.unavailable, error.message))
            } else {
                command.status = error.status
                call.answer(command)
            }
            happened.finish()
        }
    }

    /// From now on the client is asked about half messages of its topics.
    private func connect(_ publishing: MQPublishing) async throws(Refused) -> MQPublishing {
        guard publishing.topics.count <= Self.topicsMax else {
            throw Refused(.badRequest, "\(publishing.topics.count) topics; at most \(Self.topicsMax) are possible")
        }
        let named = try publishing.topics.map { resource throws(Refused) in
            (topic: try RocketMQFace.topic(resource), resource: resource)
        }
        // What it says now is what it produces: it is asked about no other topic any more.
        let left = state.withLock { state in
            let kept = Set(named.map(\.topic))
            defer { state.sessions = state.sessions.filter { kept.contains($0.key) } }
            return state.sessions.filter { !kept.contains($0.key) }.map(\.value.session)
        }
        for session in left { face.engine.disconnectProducer(session) }
        for (topic, resource) in named {
            guard caller.principal.mayProduce(topic.text), !topic.isDeadLetters,
                state.withLock({ $0.sessions[topic] == nil })
            else { continue }
            let producer = HalfMessageProducer.name(of: topic)
            do throws(MessageFlaw) {
                let session = try await face.engine.onThread { engine throws(MessageFlaw) in
                    try engine.connectProducer(producer) { [happened] in happened.yield(.questions) }
                }
                state.withLock { $0.sessions[topic] = (resource, session) }
            } catch {
                throw Refused(.flawed(error))
            }
        }
        if !publishing.topics.isEmpty { happened.yield(.questions) }
        return publishing
    }

    /// The rules of the group in whose name the client reads; made to fit its topic when there is none.
    private func join(_ subscription: MQSubscription) async throws(Refused) -> GroupSettings {
        let name = try RocketMQFace.group(subscription.group)
        try face.requireConsumer(caller, of: name)
        try face.clients.join(caller.key, name)
        guard subscription.subscriptions.count <= Self.subscriptionsMax else {
            throw Refused(
                .badRequest, "\(subscription.subscriptions.count) topics; at most \(Self.subscriptionsMax) are possible"
            )
        }
        for entry in subscription.subscriptions {
            let topic: TopicView
            do throws(Refused) {
                topic = try await face.known(try RocketMQFace.topic(entry.topic))
            } catch {
                // It reads another topic, or will be told when it asks for this one.
                continue
            }
            let group = try await face.group(name, for: topic, of: caller)
            try face.clients.join(caller.key, name)
            return group.settings
        }
        do throws(MessageRefusal) {
            return try await face.book.messages.group(name)?.settings ?? GroupSettings()
        } catch {
            throw Refused(error)
        }
    }

    /// Puts questions to the client, as many as its connection takes: what is taken counts as asked.
    private func ask() async {
        guard face.stands(caller) else { return end() }
        for (resource, session) in state.withLock({ $0.sessions.values.map { $0 } }) {
            while true {
                let room = Self.questionsMax - state.withLock { $0.unwritten }
                // What is on its way calls back when it is written.
                guard room > 0 else { return }
                guard call.hasRoom else { return call.whenRoom { [happened] in happened.yield(.questions) } }
                let questions: [CheckBack]
                do {
                    questions = try await face.engine.onThread { engine in
                        try engine.takeCheckBacks(session, limit: room, bytesMax: Self.questionBytesMax)
                    }
                } catch {
                    // Not read: each is asked about again at its next time.
                    break
                }
                if questions.isEmpty { break }
                state.withLock { $0.unwritten += questions.count }
                for question in questions { put(question, of: resource) }
            }
        }
    }

    /// - Parameter resource: the topic as the client names it.
    private func put(_ question: CheckBack, of resource: MQResource) {
        var command = MQTelemetryCommand()
        command.recoverOrphanedTransactionCommand.transactionID = question.transaction.string
        command.recoverOrphanedTransactionCommand.message = MQMessage(question, of: resource)
        call.answer(command) { [self] isWritten in
            let wasFull = state.withLock { state in
                defer { state.unwritten -= 1 }
                return state.unwritten == Self.questionsMax
            }
            if wasFull { happened.yield(.questions) }
            // One that the client has never got is as if it had not been taken: others are asked.
            if !isWritten { giveBack(question) }
        }
    }

    private func giveBack(_ question: CheckBack) {
        // What cannot be given back now is asked again at its next time.
        face.engine.submit(Burst([(verb: UncountSent([question]), end: nil)], of: caller.principal.name)) { _ in }
    }
}

/// Whose half messages they are: of no producer that could be named elsewhere, but of all that send to a topic.
enum HalfMessageProducer {
    private static let prefix = "%TX%"

    static func name(of topic: TopicName) -> Text { Text(prefix + topic.text.string) }
}

extension MQSettings {
    private static let bodyBytesMax: Int32 = 4 << 20
    private static let attemptsMax: Int32 = 3

    /// What a producer is told.
    fileprivate mutating func answerProducer(_ asked: MQPublishing) {
        var publishing = asked
        publishing.maxBodySize = Self.bodyBytesMax
        publishing.validateMessageType = true
        self.publishing = publishing
        var wait = MQExponentialBackoff()
        wait.initial = Google_Protobuf_Duration(.init(milliseconds: 10))
        wait.max = Google_Protobuf_Duration(.seconds(1))
        wait.multiplier = 2
        backoffPolicy = MQRetryPolicy()
        backoffPolicy.maxAttempts = Self.attemptsMax
        backoffPolicy.exponentialBackoff = wait
    }

    /// What a consumer is told.
    fileprivate mutating func answerConsumer(_ asked: MQSubscription, _ group: GroupSettings) {
        var subscription = asked
        subscription.fifo = group.isFIFO
        subscription.receiveBatchSize = 32
        subscription.longPollingTimeout = Google_Protobuf_Duration(.seconds(20))
        self.subscription = subscription
        backoffPolicy = MQRetryPolicy()
        backoffPolicy.maxAttempts = Int32(clamping: group.attemptsMax)
        let ladder = group.ladder.isEmpty ? [.seconds(1)] : group.ladder
        // Some clients cut off what is less than a second.
        backoffPolicy.customizedBackoff.next = ladder.map { step in
            Google_Protobuf_Duration(.seconds(max(1, (step.milliseconds + 999) / 1_000)))
        }
    }
}
