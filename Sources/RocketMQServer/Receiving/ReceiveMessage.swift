import GRPCServing
import NIOCore
import RocketMQProto
import SwiftProtobuf
import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// Messages for a consumer: at once when there are any, else as soon as there are, or none when its time is over.
///
/// The stream is written in one piece: the status, the messages, and when they were delivered. Clients throw a batch
/// away that lacks one of the three.
extension RocketMQFace {
    var receiveMessage: RPC {
        RPC(
            Self.path("ReceiveMessage"),
            .serverStream { [self] bytes, call in
                guard let question: MQReceiveMessageRequest = read(bytes, call) else { return }
                do throws(Refused) {
                    let asked = Asked(question: question, caller: try self.caller(of: call), call: call)
                    let reception = try self.reception(for: asked)
                    receive(reception, asked)
                } catch {
                    answer(call, error.status, [], nil)
                }
            })
    }

    /// What is asked of the broker.
    private func reception(for asked: Asked<MQReceiveMessageRequest>) throws(Refused) -> ReceiveRequest {
        let question = asked.question
        let topic = try Self.topic(question.messageQueue.topic)
        let group = try Self.group(question.group)
        try requireConsumer(asked.caller, of: group)
        try requireReader(asked.caller, of: topic)
        guard topic.deadLetterGroup != group else {
            throw Refused(
                .forbidden, "a group does not read its own dead letters; give them back, or read them by another group")
        }
        clients.join(asked.caller.key, group)
        let known = clients.client(asked.caller.key)
        let wait = PollTime.wait(
            asked: question.hasLongPollingTimeout ? question.longPollingTimeout.interval : nil,
            timeout: asked.call.head.timeout, requestTimeout: known?.requestTimeout,
            settings.pollMin...settings.pollMax)
        guard let wait else {
            throw Refused(
                Self.isOld(asked.caller) ? .badRequest : .illegalPollingTime,
                "the client waits less than \(PollTime.leftMin.milliseconds) ms for the call")
        }
        let subscription = Subscription(
            topic, kind: question.filterExpression.type == .sql ? .sql : .tag, expression: Self.expression(question))
        return ReceiveRequest(
            group: group, subscription: subscription, client: asked.caller.client,
            lane: try lane(of: asked.caller, known), max: Int(min(max(question.batchSize, 1), 32)),
            invisible: try invisible(question), renews: question.autoRenew, wait: wait,
            attempt: question.hasAttemptID && !question.attemptID.isEmpty ? Text(question.attemptID) : nil)
    }

    private static func expression(_ question: MQReceiveMessageRequest) -> Text {
        let text = question.filterExpression.expression
        return text.isEmpty && question.filterExpression.type != .sql ? "*" : Text(text)
    }

    private func invisible(_ question: MQReceiveMessageRequest) throws(Refused) -> Interval? {
        guard !question.autoRenew, question.hasInvisibleDuration else { return nil }
        let time = question.invisibleDuration.interval
        guard time >= settings.invisibleMin, time <= settings.invisibleMax else {
            throw Refused(
                .illegalInvisibleTime,
                "\(time.milliseconds) ms is not within \(settings.invisibleMin.milliseconds) ms and 12 hours")
        }
        return time
    }

    /// The lane of a consumer: its token's; without tokens, the one that its settings name.
    private func lane(of caller: Caller, _ known: ClientDirectory.Client?) throws(Refused) -> Text {
        if settings.isOpen { return known?.lane ?? "" }
        for grant in caller.principal.grants { if case .lane(let lane) = grant { return lane } }
        return ""
    }

    /// Whether a client does not know the code for a polling time yet.
    private static func isOld(_ caller: Caller) -> Bool {
        let parts = caller.version.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 }
        return parts.count >= 3 && (parts[0], parts[1], parts[2]) < (5, 0, 3)
    }

    private func receive(_ reception: ReceiveRequest, _ asked: Asked<MQReceiveMessageRequest>) {
        if let attempt = reception.attempt { kept.comeAgain(asked.caller.key, reception.group, attempt) }
        let task = work { [self] in
            do throws(Refused) {
                let deliveries = try await self.deliveries(reception, asked)
                hand(deliveries, reception, asked)
            } catch {
                answer(asked.call, error.status, [], nil)
            }
        }
        let wait = waits.add { task.cancel() }
        asked.call.onLost { task.cancel() }
        work { [waits] in
            await task.value
            waits.remove(wait)
        }
    }

    private func deliveries(
        _ reception: ReceiveRequest, _ asked: Asked<MQReceiveMessageRequest>
    ) async throws(Refused) -> [Delivery] {
        switch await engine.receive(reception) {
        case .success(let deliveries): return deliveries
        case .failure(.unknownGroup):
            let topic = try await known(reception.subscription.topic)
            _ = try await group(reception.group, for: topic, of: asked.caller)
            clients.join(asked.caller.key, reception.group)
            return try await engine.receive(reception).orRefused()
        case .failure(.shuttingDown): return []
        case .failure(let refusal): throw Refused(refusal)
        }
    }

    private func hand(
        _ deliveries: [Delivery], _ reception: ReceiveRequest, _ asked: Asked<MQReceiveMessageRequest>
    ) {
        guard !deliveries.isEmpty else {
            let status = Refused(.messageNotFound, "no message came within the time").status
            return answer(asked.call, status, [], nil)
        }
        let host = asked.call.connection.local?.ipAddress ?? ""
        let messages = deliveries.map { delivery in
            MQMessage(delivery, asked: asked.question.messageQueue.topic, queues: Self.labels, storeHost: host)
        }
        let receipts = deliveries.map(\.receipt)
        answer(asked.call, .ok, messages) { [self] isWritten in
            guard !isWritten else { return }
            giveBack(receipts, reception, asked)
        }
    }

    /// As many labels as a topic has unless it says otherwise.
    private static let labels = 4

    private func answer(
        _ call: Call, _ status: MQStatus, _ messages: [MQMessage], _ written: (@Sendable (Bool) -> Void)?
    ) {
        var parts: [MQReceiveMessageResponse] = []
        var part = MQReceiveMessageResponse()
        part.status = status
        parts.append(part)
        for message in messages {
            part.message = message
            parts.append(part)
        }
        part.deliveryTimestamp = Google_Protobuf_Timestamp(engine.world.now())
        parts.append(part)
        var bytes = ByteBuffer()
        for part in parts { if let wire = part.wire { bytes.writeImmutableBuffer(MessageFraming.framed(wire)) } }
        call.finish(framed: bytes, written: written)
    }

    /// A batch that its client has never got is as if it had not been taken. One with an attempt is kept for a while:
    /// its client asks again under the same name.
    private func giveBack(
        _ receipts: [DeliveryReceipt], _ reception: ReceiveRequest, _ asked: Asked<MQReceiveMessageRequest>
    ) {
        guard let attempt = reception.attempt else { return giveBack(receipts, of: asked.caller) }
        kept.keep(asked.caller.key, reception.group, attempt, on: asked.call.connection.loop) { [self] in
            giveBack(receipts, of: asked.caller)
        }
    }

    private func giveBack(_ receipts: [DeliveryReceipt], of caller: Caller) {
        // The last one first, so that each finds its place before those behind it.
        let verbs: [Burst<GiveBack>.One] = receipts.reversed().map { (verb: GiveBack($0), end: nil) }
        engine.submit(Burst(verbs, of: caller.principal.name)) { _ in }
    }
}
