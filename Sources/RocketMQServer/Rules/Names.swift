import RocketMQProto
import WaybillBroker
import WaybillCore

/// Names with a namespace are one name here: the namespace, a percent sign, the name. The dead letters of a group `g`
/// of `ns` are `%DLQ%ns%g`, which clients write as the topic `%DLQ%g` of `ns`.
extension MQResource {
    private static let deadLetters = ReservedNames.deadLetterPrefix

    /// The name in full.
    var fullName: String {
        guard !resourceNamespace.isEmpty else { return name }
        guard name.hasPrefix(Self.deadLetters) else { return "\(resourceNamespace)%\(name)" }
        return "\(Self.deadLetters)\(resourceNamespace)%\(name.dropFirst(Self.deadLetters.count))"
    }
}

extension RocketMQFace {
    private static let limits = MessageLimits()

    /// The topic that is named; dead letters are one.
    static func topic(_ resource: MQResource) throws(Refused) -> TopicName {
        let name = TopicName(Text(resource.fullName))
        guard !name.isDeadLetters else {
            _ = try group(named: String(name.text.string.dropFirst(ReservedNames.deadLetterPrefix.count)))
            return name
        }
        do throws(MessageFlaw) { try limits.check(topic: name) } catch { throw Refused(.flawed(error)) }
        return name
    }

    static func group(_ resource: MQResource) throws(Refused) -> GroupName { try group(named: resource.fullName) }

    private static func group(named text: String) throws(Refused) -> GroupName {
        let name = GroupName(Text(text))
        do throws(MessageFlaw) { try limits.check(group: name) } catch { throw Refused(.flawed(error)) }
        return name
    }
}
