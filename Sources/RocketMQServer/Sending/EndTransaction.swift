import GRPCServing
import RocketMQProto
import Waybill
import WaybillBroker
import WaybillCore

/// A producer decides its half message; answered when it is durable. The first decision counts.
extension RocketMQFace {
    var endTransaction: RPC {
        unary("EndTransaction", MQEndTransactionRequest.self, MQEndTransactionResponse.self) { face, asked, reply in
            let question = asked.question
            do throws(Refused) {
                let topic = try Self.topic(question.topic)
                try face.requireProducer(asked.caller, of: topic)
                guard !question.transactionID.isEmpty else {
                    throw Refused(.invalidTransactionID, "the request names no transaction")
                }
                let resolution: Resolution =
                    switch question.resolution {
                    case .commit: .commit
                    case .rollback: .rollback
                    // Never taken for a commit: it is asked about again.
                    case .unspecified, .UNRECOGNIZED: .unknown
                    }
                let resolve = Resolve(
                    Text(question.transactionID), of: topic, resolution, message: Text(question.messageID))
                face.decisions.add(resolve, for: asked, to: face.engine) { result in
                    switch result {
                    case .success: reply(.success(MQEndTransactionResponse(.ok)))
                    case .failure(.unknownMessage(let what)):
                        reply(.failure(Refused(.invalidTransactionID, MessageRefusal.unknownMessage(what).message)))
                    case .failure(let refusal): reply(.failure(Refused(refusal)))
                    }
                }
            } catch {
                reply(.failure(error))
            }
        }
    }
}
