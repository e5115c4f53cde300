import GRPCServing
import RocketMQProto
import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

/// Which queues a consumer polls: one for all of an ordinary group, and as many as the topic has for a FIFO group,
/// whose clients work at one message of a queue after the other.
extension RocketMQFace {
    var queryAssignment: RPC {
        waiting("QueryAssignment", MQQueryAssignmentRequest.self, MQQueryAssignmentResponse.self) {
            face, asked async throws(Refused) in
            let question = asked.question
            let name = try Self.topic(question.topic)
            let group = try Self.group(question.group)
            try face.requireConsumer(asked.caller, of: group)
            try face.requireReader(asked.caller, of: name)
            let topic = try await face.known(name)
            let known = try await face.group(group, for: topic, of: asked.caller)
            let broker = face.broker(for: question.endpoints, asked.call)
            let queues =
                known.settings.isFIFO
                ? topic.queues(as: question.topic, at: broker) : [topic.queue(-1, as: question.topic, at: broker)]
            var answer = MQQueryAssignmentResponse(.ok)
            answer.assignments = queues.map { queue in
                var assignment = MQAssignment()
                assignment.messageQueue = queue
                return assignment
            }
            return answer
        }
    }

    /// The group of this name; made to fit a topic when there is none and it may be: deployed consumers need no
    /// operator first.
    func group(
        _ name: GroupName, for topic: TopicView, of caller: Caller
    ) async throws(Refused) -> GroupView {
        do throws(MessageRefusal) {
            if let known = try await book.messages.group(name) { return known }
        } catch {
            throw Refused(error)
        }
        return try await keep(name, for: topic, of: caller)
    }

    /// Makes the group if there is none, in a write: when that has ended, the group can be received from. A group that
    /// can be read may have been written by a commit that the broker has not taken note of yet.
    func keep(
        _ name: GroupName, for topic: TopicView, of caller: Caller
    ) async throws(Refused) -> GroupView {
        guard let start = settings.newGroupsStart else { throw Refused(.unknownGroup(name)) }
        let rules = GroupSettings(isFIFO: topic.settings.type == .fifo, startsAt: start)
        let principal = caller.principal.name
        let made = await engine.submit(
            KeepGroup(name, rules, by: principal), by: Origin(caller: principal, from: "rocketmq")
        ) { _ in "" }
        switch try made.orRefused() {
        case .now(let kept): return kept.group
        // A request without a key is never answered as before.
        case .before: throw Refused(.unknownGroup(name))
        }
    }
}
