import RocketMQProto
import WaybillCore

/// Which code of the protocol each refusal has: the one table. Codes that one RPC alone answers stand with that RPC.
extension Refused {
    init(_ refusal: MessageRefusal) {
        self.init(Self.code(of: refusal), refusal.message)
        if case .failStopped = refusal { isUnavailable = true }
    }

    private static func code(of refusal: MessageRefusal) -> MQCode {
        switch refusal {
        case .unknownTopic: .topicNotFound
        case .unknownGroup: .consumerGroupNotFound
        case .badName(let what, _, _): code(ofNameOf: what)
        case .badSetting(let setting, _): setting == "invisible" ? .illegalInvisibleTime : .badRequest
        case .flawed(let flaw): code(of: flaw)
        case .wrongType: .messagePropertyConflictWithType
        case .badFilter: .illegalFilterExpression
        case .staleReceipt: .invalidReceiptHandle
        case .unknownMessage, .limit, .keyReused, .badCursor: .badRequest
        case .alreadyVisible, .decidedAlready, .decidedByAnswer, .notParked: .preconditionFailed
        case .notForThisGroup: .forbidden
        case .overloaded, .diskNearlyFull, .shuttingDown: .tooManyRequests
        case .topicExists, .topicAwaited, .topicInUse, .groupExists: .internalServerError
        case .failStopped, .outcomeUnknown, .undone: .internalServerError
        }
    }

    private static func code(ofNameOf what: String) -> MQCode {
        switch what {
        case "topic": .illegalTopic
        case "group": .illegalConsumerGroup
        default: .badRequest
        }
    }

    private static func code(of flaw: MessageFlaw) -> MQCode {
        switch flaw.part {
        case .topic: .illegalTopic
        case .group: .illegalConsumerGroup
        case .id: .illegalMessageID
        case .tag: .illegalMessageTag
        case .key: .illegalMessageKey
        case .messageGroup: .illegalMessageGroup
        case .property: .illegalMessagePropertyKey
        case .properties: .messagePropertiesTooLarge
        // An empty one is told apart where it comes in.
        case .body: .messageBodyTooLarge
        case .deliverAt: .illegalDeliveryTime
        case .batch: .payloadTooLarge
        case .producer, .priority, .lane, .trace, .firstCheck: .badRequest
        }
    }
}

extension Result where Failure == MessageRefusal {
    /// The answer, or the refusal in the words of the protocol.
    func orRefused() throws(Refused) -> Success {
        switch self {
        case .success(let answer): return answer
        case .failure(let refusal): throw Refused(refusal)
        }
    }
}
