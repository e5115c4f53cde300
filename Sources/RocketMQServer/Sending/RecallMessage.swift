import GRPCServing
import RocketMQProto
import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

/// A producer takes a delayed message back; taking it back again is answered the same.
extension RocketMQFace {
    var recallMessage: RPC {
        unary("RecallMessage", MQRecallMessageRequest.self, MQRecallMessageResponse.self) { face, asked, reply in
            let question = asked.question
            do throws(Refused) {
                let topic = try Self.topic(question.topic)
                try face.requireProducer(asked.caller, of: topic)
                let recall = Recall(Text(question.recallHandle), of: topic)
                face.recalls.add(recall, for: asked, to: face.engine) { result in
                    do throws(Refused) {
                        var answer = MQRecallMessageResponse(.ok)
                        answer.messageID = try result.orRefused().text.string
                        reply(.success(answer))
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
