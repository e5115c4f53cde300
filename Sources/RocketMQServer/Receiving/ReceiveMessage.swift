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

/// Messages for a consumer: at once when there are any, else as soon as there are, or none when its time is over.
///
/// The stream is written in one piece: the status, the messages, and when they were delivered. Clients throw a batch
/// away that lacks one of the three.
extension RocketMQFace {
    var receiveMessage: RPC {
        RPC(
            Self.path("ReceiveMessage"),
            .serverStream { [self] bytes, call in
                let begun = NIODeadline.now()
                do throws(Refused) {
                    let caller = try self.caller(of: call)
                    guard let question: MQReceiveMessageRequest = read(bytes, call) else { return }
                    let asked = Asked(question: question, caller: caller, call: call)
                    let reception = try self.reception(for: asked)
                    receive(reception, asked, since: begun)
                } catch {
                    refuse(call, error, since: begun)
                }
            }, bytesMax: Self.questionBytesMax)
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
        try clients.join(asked.caller.key, group)
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
            group: group, subscription: subscription, client: asked.caller.key.member,
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

    private func receive(
        _ reception: ReceiveRequest, _ asked: Asked<MQReceiveMessageRequest>, since begun: NIODeadline
    ) {
        let turn = reception.attempt.map { kept.begin(asked.caller.key, reception.group, $0) }
        let receive = OpenReceive(
            reception, topic: asked.question.messageQueue.topic, asked.caller, asked.call, turn, since: begun,
            until: engine.world.uptime() + reception.wait)
        counts.receives.wrappingAdd(1, ordering: .relaxed)
        let wait = waits.add(of: asked.caller.key) { [self] in receive.end(by: engine) }
        receive.keep(wait)
        asked.call.onLost { [self] in receive.end(by: engine) }
        look(for: receive)
    }

    /// Looks for messages in a task, and waits for more without one.
    private func look(for receive: OpenReceive) {
        work { [self] in
            do throws(Refused) {
                guard let deliveries = try await deliveries(for: receive) else { return }
                guard stands(receive.caller) else {
                    giveBack(deliveries.map(\.receipt), of: receive.caller)
                    throw Refused(.unauthorized, "the access key was revoked, or is expired")
                }
                await hand(deliveries, to: receive)
            } catch {
                if let turn = receive.turn { kept.end(turn) }
                refuse(receive.call, error, since: receive.begun)
            }
            if let wait = receive.wait { waits.remove(wait) }
            counts.receives.wrappingSubtract(1, ordering: .relaxed)
            // After what was written: that counts by itself from then on.
            receive.call.connection.loop.execute { receive.room.leave() }
        }
    }

    /// What a receive gets, or nothing at the end of its time; nil: it waits, and looks again later. As long as its
    /// client does not take what it was given before, it gets no more.
    private func deliveries(for receive: OpenReceive) async throws(Refused) -> [Delivery]? {
        while true {
            if receive.isEnded {
                if let place = receive.place { engine.passOn(receive.request, at: place) }
                return []
            }
            if !receive.room.claim() {
                // What it may have been woken for is for the next.
                if let place = receive.place { engine.passOn(receive.request, at: place) }
                guard await receive.room.claim(until: receive.deadline, in: engine.world) else { return [] }
            }
            switch await engine.look(receive.request, hasWaited: receive.place != nil) {
            case .deliveries(let deliveries): return deliveries
            case .refused(.unknownGroup) where receive.makesGroup():
                let topic = try await known(receive.request.subscription.topic)
                _ = try await keep(receive.request.group, for: topic, of: receive.caller)
                try clients.join(receive.caller.key, receive.request.group)
            case .refused(.shuttingDown): return []
            case .refused(let refusal): throw Refused(refusal)
            case .nothing(let place):
                receive.room.leave()
                guard engine.world.uptime() < receive.deadline else { return [] }
                let wait = receive.wait(at: place, by: engine) { [self] in look(for: receive) }
                switch wait {
                case .begun: return nil
                case .looksAgain: continue
                case .refused(let refusal): throw Refused(refusal)
                }
            }
        }
    }

    private func hand(_ deliveries: [Delivery], to receive: OpenReceive) async {
        let (turn, caller, call) = (receive.turn, receive.caller, receive.call)
        guard !deliveries.isEmpty else {
            if let turn { kept.end(turn) }
            return refuse(
                call, Refused(.messageNotFound, "no message came within the time"), since: receive.begun)
        }
        let host = call.connection.local?.ipAddress ?? ""
        let queues = await labels.count(of: receive.request.subscription.topic, in: book)
        let messages = deliveries.map { delivery in
            MQMessage(delivery, asked: receive.topic, queues: queues, storeHost: host)
        }
        let receipts = deliveries.map(\.receipt)
        counts.add("ReceiveMessage", .ok, since: receive.begun)
        answer(call, .ok, messages) { [self] isWritten in
            switch (isWritten, turn) {
            case (true, let turn?): kept.end(turn)
            case (true, nil): break
            // One with an attempt is kept for a while: its client asks again under the same name.
            case (false, let turn?):
                kept.keep(turn, on: call.connection.loop) { [self] in giveBack(receipts, of: caller) }
            // One that its client has never got is as if it had not been taken.
            case (false, nil): giveBack(receipts, of: caller)
            }
        }
    }

    /// Refuses a call. When nothing can be asked any more, its client is told to look for another server.
    private func refuse(_ call: Call, _ refused: Refused, since begun: NIODeadline) {
        counts.add("ReceiveMessage", refused.code, since: begun)
        guard !refused.isUnavailable else { return call.end(RPCStatus(.unavailable, refused.message)) }
        answer(call, refused.status, [], nil)
    }

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

    private func giveBack(_ receipts: [DeliveryReceipt], of caller: Caller) {
        guard !receipts.isEmpty else { return }
        counts.addGivenBack(receipts.count)
        // The last one first, so that each finds its place before those behind it.
        submitGiveBacks(receipts.reversed(), of: caller)
    }

    /// A client that lives would keep what it has never seen, so those that the writer has no room for are tried again.
    private func submitGiveBacks(_ receipts: [DeliveryReceipt], of caller: Caller) {
        let verbs: [Burst<GiveBack>.One] = receipts.map { (verb: GiveBack($0), end: nil) }
        engine.submit(Burst(verbs, of: caller.principal.name)) { [self] replies in
            let left = zip(receipts, replies).filter { _, reply in
                if case .failure(.overloaded) = reply { true } else { false }
            }
            guard !left.isEmpty else { return }
            work { [self] in
                await engine.world.rest(.seconds(1))
                submitGiveBacks(left.map(\.0), of: caller)
            }
        }
    }
}
