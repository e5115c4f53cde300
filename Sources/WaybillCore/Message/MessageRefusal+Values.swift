/// Refusals of the broker as values with names: what their sentences say, for programs.
extension MessageRefusal {
    /// What it says, by names.
    public var values: RefusalValues {
        let none = RefusalValues()
        return switch self {
        case .unknownTopic(let name), .topicExists(let name): none.with("topic", name.text)
        case .topicAwaited(let name, let delayed, let half, let calls):
            none.with("topic", name.text).with("delayed", Int64(delayed)).with("half", Int64(half))
                .with("calls", Int64(calls))
        case .topicInUse(let name, let workflows, let modules):
            none.with("topic", name.text).with("workflows", .texts(workflows.map(\.text.string)))
                .with("modules", .texts(modules.map(\.text.string)))
        case .unknownGroup(let name), .groupExists(let name): none.with("group", name.text)
        case .badName(let what, let name, let problem):
            none.with("what", what).with("name", name).with("problem", problem)
        case .badSetting(let name, let problem): none.with("setting", name).with("problem", problem)
        case .flawed(let flaw): none.with("part", flaw.part.words).with("problem", flaw.problem)
        case .wrongType(let topic, let takes, let asked):
            none.with("topic", topic.text).with("takes", takes.rawValue).with("asked", asked.rawValue)
        case .badFilter(let expression, let problem, let offset):
            none.with("expression", expression).with("problem", problem).with("offset", Int64(offset))
        case .staleReceipt(let reason), .failStopped(let reason), .outcomeUnknown(let reason),
            .undone(let reason):
            none.with("reason", reason)
        case .unknownMessage: none.with("problem", message)
        case .alreadyVisible(let at): none.with("at", at)
        case .decidedAlready(let decision): none.with("decision", decision)
        case .decidedByAnswer(let order, let key, let ok, let failed):
            none.with("order", order.text).with("key", key).with("ok", ok.text).with("failed", failed.text)
        case .notForThisGroup(let group, let problem):
            none.with("group", group.text).with("problem", problem)
        case .keyReused(let key): none.with("key", key)
        case .limit(let what, let max): none.with("limit", what).with("max", Int64(max))
        case .overloaded(let what, let retryAfter):
            none.with("what", what).with("retry_after_ms", retryAfter)
        case .shuttingDown, .badCursor, .notParked: none
        case .diskNearlyFull(let percent): none.with("free_percent", Int64(percent))
        }
    }
}
