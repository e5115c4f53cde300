import GRPCServing
import RocketMQProto

/// What the protocol has and this server has not: no client of today asks for the first four, for which queues would
/// have to have stored offsets; lite topics are not there yet.
extension RocketMQFace {
    var notServed: [RPC] {
        ["PullMessage", "UpdateOffset", "GetOffset", "QueryOffset", "SyncLiteSubscription"].map { name in
            // Each answer has its status at the same place, and a stream of one message looks like an answer.
            RPC(
                Self.path(name),
                .unary { _, call in
                    call.answer(
                        MQStatusOnly(Refused(.notImplemented, "\(name) is not served by Waybill").status))
                })
        }
    }
}
