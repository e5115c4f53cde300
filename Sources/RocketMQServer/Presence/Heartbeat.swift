import GRPCServing
import RocketMQProto
import WaybillCore

/// A sign of life, answered on the event loop ahead of everything else: clients take two late ones for a lost server.
extension RocketMQFace {
    var heartbeat: RPC {
        unary("Heartbeat", MQHeartbeatRequest.self, MQHeartbeatResponse.self) { face, asked, reply in
            do throws(Refused) {
                let question = asked.question
                switch question.clientType {
                case .producer: break
                case .pushConsumer, .simpleConsumer, .pullConsumer, .litePushConsumer, .liteSimpleConsumer:
                    guard question.hasGroup || face.clients.isReading(asked.caller.key) else {
                        throw Refused(
                            .unrecognizedClientType, "a consumer's heartbeat names its group, unless its settings do")
                    }
                    if question.hasGroup {
                        let group = try Self.group(question.group)
                        try face.requireConsumer(asked.caller, of: group)
                        try face.clients.join(asked.caller.key, group)
                    }
                case .unspecified, .UNRECOGNIZED:
                    throw Refused(.unrecognizedClientType, "the heartbeat does not say what kind of client it is of")
                }
                reply(.success(MQHeartbeatResponse(.ok)))
            } catch {
                reply(.failure(error))
            }
        }
    }
}
