import RocketMQProto
import SwiftProtobuf

/// Requests of the consumers of one group.
struct ConsumerRequests: Sendable {
    /// Up to 32 messages, or none after a while.
    let receive: CallRequest
    private let names: [UInt8]

    /// - Parameter pollSeconds: how long a receive waits when there is nothing.
    init(_ group: String, of topic: String, pollSeconds: Int64 = 1) throws {
        var request = MQReceiveMessageRequest()
        request.group.name = group
        request.messageQueue.topic.name = topic
        request.filterExpression.type = .tag
        request.filterExpression.expression = "*"
        request.batchSize = 32
        request.invisibleDuration.seconds = 60
        request.longPollingTimeout.seconds = pollSeconds
        receive = CallRequest(procedure: .receive, message: try request.serializedBytes())
        var acknowledge = MQAckMessageRequest()
        acknowledge.group.name = group
        acknowledge.topic.name = topic
        names = try acknowledge.serializedBytes()
    }

    /// All of them in one request.
    func acknowledge(_ delivered: [CallAnswer.Delivered]) -> CallRequest {
        var message = names
        for one in delivered {
            var entry: [UInt8] = []
            WireFields.write(2, one.handle, to: &entry)
            WireFields.write(3, entry, to: &message)
        }
        return CallRequest(procedure: .acknowledge, message: message)
    }
}
