import GRPCServing
import RocketMQProto
import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

/// Deliveries are done: up to 100 in one write, each with an answer. A handle that is stale, or of another group
/// or topic, is told so for good: clients try anything else again, every second.
extension RocketMQFace {
    var ackMessage: RPC {
        unary("AckMessage", MQAckMessageRequest.self, MQAckMessageResponse.self) { face, asked, reply in
            let question = asked.question
            do throws(Refused) {
                let group = try Self.group(question.group)
                try face.requireConsumer(asked.caller, of: group)
                let topic = try Self.topic(question.topic)
                guard !question.entries.isEmpty else {
                    throw Refused(.invalidReceiptHandle, "there is no handle in the request")
                }
                guard question.entries.count <= AcknowledgeMany.receiptsMax else {
                    throw Refused(
                        .payloadTooLarge,
                        "\(question.entries.count) handles; at most \(AcknowledgeMany.receiptsMax) are taken")
                }
                let receipts = question.entries.map { DeliveryReceipt($0.receiptHandle) }
                let acknowledge = AcknowledgeMany(receipts, by: group, of: topic)
                face.acknowledgements.add(acknowledge, for: asked, to: face.engine) { result in
                    do throws(Refused) {
                        reply(.success(Self.answer(question.entries, try result.orRefused())))
                    } catch {
                        reply(.failure(error))
                    }
                }
            } catch {
                reply(.failure(error))
            }
        }
    }

    private static func answer(_ entries: [MQAckMessageEntry], _ refusals: [MessageRefusal?]) -> MQAckMessageResponse {
        let statuses = refusals.map { refusal in refusal.map { Refused($0).status } ?? .ok }
        var answer = MQAckMessageResponse()
        answer.entries = zip(entries, statuses).map { entry, status in
            var result = MQAckMessageResultEntry()
            result.messageID = entry.messageID
            result.receiptHandle = entry.receiptHandle
            result.status = status
            return result
        }
        let codes = Set(statuses.map(\.code))
        answer.status = statuses.first ?? .ok
        if codes.count > 1 {
            answer.status = Refused(.multipleResults, "the handles have different answers").status
        }
        return answer
    }
}
