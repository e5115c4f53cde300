import GRPCServing
import RocketMQProto
import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillTimeouts

/// Messages of one topic, all or none in one commit. What a client says of queues and deliveries is not looked at.
extension RocketMQFace {
    private static let messagesMax = 32

    var sendMessage: RPC {
        unary(
            "SendMessage", MQSendMessageRequest.self, MQSendMessageResponse.self, tooLarge: Self.tooLarge,
            bytesMax: nil, isDecodable: FieldCount.isBounded
        ) { face, asked, reply in
            let question = asked.question
            do throws(Refused) {
                let incoming = try face.incoming(question, asked.caller)
                if let half = incoming.first, half.isHalf {
                    face.prepare(half, asked, reply)
                } else {
                    face.send(incoming, asked, reply)
                }
            } catch {
                reply(.failure(error))
            }
        }
    }

    /// A message that is too large to be read at all is told in the protocol's words: gRPC's own would be tried again.
    private static let tooLarge = MQSendMessageResponse(
        Refused(
            .messageBodyTooLarge,
            "the request has more than 5 MiB, or more than \(FieldCount.max) fields; a body may have 4 MiB"
        ).status)

    private func incoming(
        _ question: MQSendMessageRequest, _ caller: Caller
    ) throws(Refused) -> [IncomingMessage] {
        guard let first = question.messages.first else {
            throw Refused(.messageCorrupted, "there is no message in the request")
        }
        guard question.messages.count <= Self.messagesMax else {
            throw Refused(
                .payloadTooLarge,
                "\(question.messages.count) messages in one request; at most \(Self.messagesMax) are taken")
        }
        let topic = try Self.topic(first.topic)
        try requireProducer(caller, of: topic)
        let now = engine.world.now()
        var incoming: [IncomingMessage] = []
        incoming.reserveCapacity(question.messages.count)
        for message in question.messages {
            guard message.topic == first.topic else {
                throw Refused(.messageCorrupted, "messages of one request are of one topic")
            }
            incoming.append(try IncomingMessage(message, to: topic, at: now, delayMax: settings.delayMax))
        }
        guard incoming.count == 1 || !incoming.contains(where: \.isHalf) else {
            throw Refused(
                .messagePropertyConflictWithType, "a message of a transaction is sent alone, not with others")
        }
        for one in incoming where !caller.principal.mayUse(lane: one.message.texts.lane) {
            throw Refused(
                .forbidden, "\(caller.principal.name) has no grant lane:\(one.message.texts.lane)")
        }
        return incoming
    }

    private func send(
        _ incoming: [IncomingMessage], _ asked: Asked<MQSendMessageRequest>,
        _ reply: @escaping @Sendable (Result<MQSendMessageResponse, Refused>) -> Void
    ) {
        sends.add(Send(incoming.map(\.message)), for: asked, to: engine) { result in
            do throws(Refused) {
                let sent = try result.orRefused()
                reply(
                    .success(
                        Self.answer(
                            sent.map { sent in
                                var entry = MQSendResultEntry()
                                entry.messageID = sent.id.text.string
                                if let handle = sent.recallHandle { entry.recallHandle = handle.string }
                                return entry
                            })))
            } catch {
                reply(.failure(error))
            }
        }
    }

    private func prepare(
        _ half: IncomingMessage, _ asked: Asked<MQSendMessageRequest>,
        _ reply: @escaping @Sendable (Result<MQSendMessageResponse, Refused>) -> Void
    ) {
        let prepare = Prepare(
            half.message, producer: HalfMessageProducer.name(of: half.message.topic), firstCheck: half.firstCheck)
        halfMessages.add(prepare, for: asked, to: engine) { result in
            do throws(Refused) {
                let prepared = try result.orRefused()
                var entry = MQSendResultEntry()
                entry.messageID = prepared.id.text.string
                entry.transactionID = prepared.transaction.string
                reply(.success(Self.answer([entry])))
            } catch {
                reply(.failure(error))
            }
        }
    }

    private static func answer(_ entries: [MQSendResultEntry]) -> MQSendMessageResponse {
        var answer = MQSendMessageResponse(.ok)
        answer.entries = entries.map { entry in
            var entry = entry
            entry.status = .ok
            return entry
        }
        return answer
    }
}
