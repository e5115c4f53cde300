import GRPCServing
import RocketMQProto
import Waybill
import WaybillBroker
import WaybillCore
import WaybillEngine

/// A consumer gives a message up: it goes to the dead letters of its group.
extension RocketMQFace {
    var forwardMessageToDeadLetterQueue: RPC {
        unary(
            "ForwardMessageToDeadLetterQueue", MQForwardMessageToDeadLetterQueueRequest.self,
            MQForwardMessageToDeadLetterQueueResponse.self
        ) { face, asked, reply in
            let question = asked.question
            do throws(Refused) {
                let group = try Self.group(question.group)
                try face.requireConsumer(asked.caller, of: group)
                let topic = try Self.topic(question.topic)
                let receipt = DeliveryReceipt(question.receiptHandle)
                let why = "its consumer gave up after \(max(question.deliveryAttempt, 1)) deliveries"
                let surrender = GiveUp(receipt, why: why, by: (group, topic))
                face.surrenders.add(surrender, for: asked, to: face.engine) { result in
                    do throws(Refused) {
                        try result.orRefused()
                        reply(.success(MQForwardMessageToDeadLetterQueueResponse(.ok)))
                    } catch {
                        reply(.failure(error))
                    }
                }
            } catch {
                reply(.failure(error))
            }
        }
    }
}
