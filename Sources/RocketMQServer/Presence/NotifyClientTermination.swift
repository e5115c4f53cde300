import GRPCServing
import RocketMQProto
import WaybillCore

/// A client says that it goes: others get what it holds after a second.
extension RocketMQFace {
    var notifyClientTermination: RPC {
        unary("NotifyClientTermination", MQNotifyClientTerminationRequest.self, MQNotifyClientTerminationResponse.self)
        { face, asked, reply in
            let question = asked.question
            var named: GroupName?
            do throws(Refused) {
                let group = try Self.group(question.group)
                try face.requireConsumer(asked.caller, of: group)
                named = group
            } catch {
                // It names no group, or one for which it may not read: it goes all the same.
                named = nil
            }
            face.waits.endAll(of: asked.caller.key)
            face.clients.remove(asked.caller.key, besides: named)
            reply(.success(MQNotifyClientTerminationResponse(.ok)))
        }
    }
}
