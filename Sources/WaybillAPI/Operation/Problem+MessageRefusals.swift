package import WaybillCore

extension Problem {
    /// What a refusal of the broker is over HTTP.
    package init(_ refusal: MessageRefusal) {
        self.init(ProblemCode(refusal), refusal.message)
        values = Self.values(of: refusal)
        switch refusal {
        case .overloaded(_, let retryAfter): self.retryAfter = retryAfter
        case .diskNearlyFull: retryAfter = .seconds(10)
        case .unknownTopic, .topicExists, .topicAwaited, .unknownGroup, .groupExists, .badName, .badSetting, .flawed,
            .wrongType, .badFilter, .staleReceipt, .unknownMessage, .alreadyVisible, .decidedAlready,
            .decidedByAnswer, .notForThisGroup, .limit, .failStopped, .outcomeUnknown, .undone:
            break
        }
    }

    private static func values(of refusal: MessageRefusal) -> [(name: StaticString, value: Value)] {
        switch refusal {
        case .unknownTopic(let topic), .topicExists(let topic): [("topic", .text(topic.text))]
        case .topicAwaited(let topic, let delayed, let half, let calls):
            [
                ("topic", .text(topic.text)), ("delayed", .int(Int64(delayed))), ("half", .int(Int64(half))),
                ("calls", .int(Int64(calls))),
            ]
        case .unknownGroup(let group), .groupExists(let group): [("group", .text(group.text))]
        case .badName(_, let name, _): [("name", .text(Text(name)))]
        case .badSetting(let name, _): [("setting", .text(Text(name)))]
        case .wrongType(let topic, let takes, let asked):
            [
                ("topic", .text(topic.text)), ("takes", .text(Text(takes.rawValue))),
                ("asked", .text(Text(asked.rawValue))),
            ]
        case .badFilter(let expression, _, let offset):
            [("expression", .text(Text(expression))), ("offset", .int(Int64(offset)))]
        case .alreadyVisible(let at): [("at", .text(Text(at.iso8601)))]
        case .decidedByAnswer(let order, let key, let ok, let failed):
            [
                ("order", .text(order.text)), ("key", .text(Text(key))), ("ok", .text(ok.text)),
                ("failed", .text(failed.text)),
            ]
        case .notForThisGroup(let group, _): [("group", .text(group.text))]
        case .limit(let what, let max): [("limit", .text(Text(what))), ("max", .int(Int64(max)))]
        case .diskNearlyFull(let percent): [("free_percent", .int(Int64(percent)))]
        case .flawed, .staleReceipt, .unknownMessage, .decidedAlready, .overloaded, .failStopped, .outcomeUnknown,
            .undone:
            []
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
        case .decidedByAnswer: self = .decidedByAnswer
        case .notForThisGroup: self = .notForThisGroup
        case .limit: self = .limit
        case .overloaded: self = .overloaded
        case .diskNearlyFull: self = .diskNearlyFull
        case .failStopped: self = .failStopped
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
