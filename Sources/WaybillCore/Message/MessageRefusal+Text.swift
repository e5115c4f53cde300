/// Refusals of the broker in words: which rule, the current value, what would help.
extension MessageRefusal {
    /// A stable word for programs, reports and metrics.
    public var code: String {
        switch self {
        case .unknownTopic: "unknown_topic"
        case .topicExists: "topic_exists"
        case .topicAwaited: "topic_awaited"
        case .topicInUse: "topic_in_use"
        case .unknownGroup: "unknown_group"
        case .groupExists: "group_exists"
        case .badName: "bad_name"
        case .badSetting: "bad_setting"
        case .flawed(let flaw): "bad_\(flaw.part.words.split { $0 == " " || $0 == "-" }.joined(separator: "_"))"
        case .wrongType: "wrong_type"
        case .badFilter: "bad_filter"
        case .staleReceipt: "stale_receipt"
        case .unknownMessage: "unknown_message"
        case .alreadyVisible: "already_visible"
        case .decidedAlready: "decided_already"
        case .notParked: "not_parked"
        case .decidedByAnswer: "decided_by_answer"
        case .notForThisGroup: "not_for_this_group"
        case .keyReused: "key_reused"
        case .limit: "limit"
        case .badCursor: "bad_cursor"
        case .overloaded: "overloaded"
        case .diskNearlyFull: "disk_nearly_full"
        case .failStopped: "fail_stopped"
        case .outcomeUnknown: "outcome_unknown"
        case .shuttingDown: "shutting_down"
        case .undone: "undone"
        }
    }

    /// One sentence for people, on one line whatever the names in it are.
    public var message: String { sentence.onOneLine }

    private var sentence: String {
        switch self {
        case .unknownTopic(let name): "there is no topic \(name); create it first, or open a workflow that sends to it"
        case .topicExists(let name): "the topic \(name) exists already"
        case .topicAwaited(let name, let delayed, let half, let calls):
            "the topic \(name) cannot be deleted: \(delayed) delayed and \(half) half messages and the messages of "
                + "\(calls) open calls wait to become visible in it; recall, decide and answer them first"
        case .topicInUse(let name, let workflows, let modules):
            "the topic \(name) cannot be deleted: "
                + (workflows.map { "the workflow \($0) sends to it" } + modules.map { "the module \($0) reads it" })
                .joined(separator: ", ")
        case .unknownGroup(let name): "there is no group \(name); create it first"
        case .groupExists(let name): "the group \(name) exists already"
        case .badName(let what, let name, let problem): "'\(name)' is no name for a \(what): \(problem)"
        case .badSetting(let name, let problem): "\(name): \(problem)"
        case .flawed(let flaw): "the \(flaw)"
        case .wrongType(let topic, let takes, let asked):
            "the topic \(topic) takes \(takes.rawValue) messages, and this is a \(asked.rawValue) one"
        case .badFilter(let expression, let problem, let offset):
            "nothing is delivered by the filter '\(expression)', byte \(offset): \(problem)"
        case .staleReceipt(let why): "the receipt is not valid any more: \(why)"
        case .unknownMessage(let what): "there is no message \(what)"
        case .alreadyVisible(let moment): "too late: the message became visible at \(moment.iso8601)"
        case .decidedAlready(let decision): "the message was decided before: \(decision)"
        case .notParked: "the half message is not parked: it is undecided, and its producer is asked about it by itself"
        case .decidedByAnswer(let order, let key, let ok, let failed):
            "only the answer to the call \(key) decides this message: send \(ok) or \(failed) to the order \(order) "
                + "with the key \(key) (waybill order send \(order) \(ok) --key \(key) --role ROLE)"
        case .notForThisGroup(let group, let problem): "not for the group \(group): \(problem)"
        case .keyReused(let key): "the key \(key) was used for another request; choose another one"
        case .limit(let what, let max): "\(what): at most \(max)"
        case .badCursor: "the page token is of another list; ask for the first page of this one"
        case .overloaded(let what, let retryAfter): "\(what); try again in \(retryAfter.milliseconds) ms"
        case .diskNearlyFull(let freePercent): "the disk has \(freePercent) % free; make room, then send again"
        case .failStopped(let why):
            "nothing is accepted until the file is opened again, because an earlier write failed: \(why)"
        case .outcomeUnknown(let why):
            "whether it was done is not known, because its commit failed: \(why). Open the file and look, or send it "
                + "again"
        case .shuttingDown: "the order book is being closed; nothing was stored, send it again when it is open"
        case .undone(let why): "the write was undone: \(why)"
        }
    }

    /// The same refusal of the engine's intake or writer, seen from the broker.
    package init(_ refusal: Refusal) {
        switch refusal {
        case .failStopped(let why): self = .failStopped(why)
        case .outcomeUnknown(let why): self = .outcomeUnknown(why)
        case .overloaded(let retryAfter), .crowded(_, _, let retryAfter):
            self = .overloaded("too many requests wait", retryAfter: retryAfter)
        case .undone(let why): self = .undone(why)
        case .shuttingDown: self = .shuttingDown
        case .badCursor: self = .badCursor
        case .diskNearlyFull(let percent): self = .diskNearlyFull(freePercent: percent)
        case .keyReused(let key): self = .keyReused(key: key)
        case .unknownOrder, .orderExists, .unknownWorkflow, .unknownCommand, .notPossible, .wrongRole, .badData,
            .versionConflict, .insufficientStock, .soldOut,
            .beyondHolding, .stockConflict, .invariantBroken,
            .arithmetic, .limit, .rejectedByCaller, .unknownTimeout, .timeoutFired, .noOpenCall, .callEnded,
            .callNotAnswered, .relativeRefused, .remembered:
            self = .undone(refusal.message)
        }
    }
}

extension MessageRefusal: CustomStringConvertible {
    public var description: String { message }
}
