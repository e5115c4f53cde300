import WaybillBroker
package import WaybillCore

extension Problem {
    /// What a refusal of the broker is over HTTP.
    package init(_ refusal: MessageRefusal) {
        self.init(ProblemCode(refusal), refusal.message)
        values = refusal.values
        switch refusal {
        case .overloaded(_, let retryAfter): self.retryAfter = retryAfter
        case .diskNearlyFull:
            retryAfter = .seconds(10)
            values = values.with("needed_percent", .number(Int64(DiskWatch.messagesNeedPercent)))
        case .shuttingDown: retryAfter = .seconds(1)
        case .badCursor: values = ["parameter": "cursor"]
        case .unknownTopic, .topicExists, .topicAwaited, .topicInUse, .unknownGroup, .groupExists, .badName,
            .badSetting, .flawed, .wrongType, .badFilter, .staleReceipt, .unknownMessage, .alreadyVisible,
            .decidedAlready, .notParked, .decidedByAnswer, .notForThisGroup, .keyReused, .limit, .failStopped,
            .outcomeUnknown, .undone:
            break
        }
    }
}

extension ProblemCode {
    /// The code of a refusal of the broker; one without a row here does not compile.
    package init(_ refusal: MessageRefusal) {
        switch refusal {
        case .unknownTopic: self = .unknownTopic
        case .topicExists: self = .topicExists
        case .topicAwaited: self = .topicAwaited
        case .topicInUse: self = .topicInUse
        case .unknownGroup: self = .unknownGroup
        case .groupExists: self = .groupExists
        case .badName: self = .badName
        case .badSetting: self = .badSetting
        case .flawed(let flaw): self.init(flaw.part)
        case .wrongType: self = .wrongType
        case .badFilter: self = .badFilter
        case .staleReceipt: self = .staleReceipt
        case .unknownMessage: self = .unknownMessage
        case .alreadyVisible: self = .alreadyVisible
        case .decidedAlready: self = .decidedAlready
        case .notParked: self = .notParked
        case .decidedByAnswer: self = .decidedByAnswer
        case .notForThisGroup: self = .notForThisGroup
        case .keyReused: self = .keyReused
        case .limit: self = .limit
        case .badCursor: self = .badCursor
        case .overloaded: self = .overloaded
        case .diskNearlyFull: self = .diskNearlyFull
        case .failStopped: self = .failStopped
        case .shuttingDown: self = .shuttingDown
        case .outcomeUnknown: self = .outcomeUnknown
        case .undone: self = .undone
        }
    }

    private init(_ part: MessageFlaw.Part) {
        switch part {
        case .topic: self = .badTopic
        case .group: self = .badGroup
        case .producer: self = .badProducer
        case .id: self = .badMessageID
        case .tag: self = .badTag
        case .key: self = .badMessageKey
        case .messageGroup: self = .badMessageGroup
        case .property: self = .badProperty
        case .properties: self = .badProperties
        case .body: self = .badBody
        case .priority: self = .badPriority
        case .lane: self = .badLane
        case .trace: self = .badTrace
        case .deliverAt: self = .badDeliveryTime
        case .firstCheck: self = .badFirstCheck
        case .batch: self = .badBatch
        }
    }
}
