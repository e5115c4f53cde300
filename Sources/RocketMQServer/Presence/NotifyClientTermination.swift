import GRPCServing
import RocketMQProto
import WaybillCore

/// A client says that it goes: others get what it holds after a second.
extension RocketMQFace {
    var notifyClientTermination: RPC {
        unary("NotifyClientTermination", MQNotifyClientTerminationRequest.self, MQNotifyClientTerminationResponse.self)
        { face, asked, reply in
            let question = asked.question
            do throws(Refused) {
                let group = question.hasGroup && !question.group.name.isEmpty ? try Self.group(question.group) : nil
                if let group { try face.requireConsumer(asked.caller, of: group) }
                face.clients.remove(asked.caller.key, besides: group)
                reply(.success(MQNotifyClientTerminationResponse(.ok)))
            } catch {
                reply(.failure(error))
            }
        }
    }
}
