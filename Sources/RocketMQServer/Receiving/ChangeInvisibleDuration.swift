import GRPCServing
import RocketMQProto
import Waybill
import WaybillBroker
import WaybillCore

/// A consumer changes when its delivery comes again: one that renews itself it gives back so, any other it keeps
/// longer.
///
/// The handle stays what it was, and stands in every answer: clients take it over before they look at the status.
extension RocketMQFace {
    var changeInvisibleDuration: RPC {
        unary(
            "ChangeInvisibleDuration", MQChangeInvisibleDurationRequest.self, MQChangeInvisibleDurationResponse.self,
            blank: { question in
                var answer = MQChangeInvisibleDurationResponse()
                answer.receiptHandle = question.receiptHandle
                return answer
            }
        ) { face, asked, reply in
            let question = asked.question
            do throws(Refused) {
                let group = try Self.group(question.group)
                try face.requireConsumer(asked.caller, of: group)
                let topic = try Self.topic(question.topic)
                let time = question.invisibleDuration.interval
                guard time.milliseconds >= 0, time <= face.settings.invisibleMax else {
                    throw Refused(
                        .illegalInvisibleTime, "\(time.milliseconds) ms is not within 0 and 12 hours")
                }
                let change = ChangeInvisible(
                    DeliveryReceipt(question.receiptHandle), by: group, of: topic, to: time,
                    counts: !(question.hasSuspend && question.suspend))
                face.invisibleTimes.add(change, for: asked, to: face.engine) { result in
                    do throws(Refused) {
                        try result.orRefused()
                        var answer = MQChangeInvisibleDurationResponse(.ok)
                        answer.receiptHandle = question.receiptHandle
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
