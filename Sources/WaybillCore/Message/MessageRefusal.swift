/// Why the broker did not do what it was asked. Nothing changed. Each case says which rule, the current value, and what
/// would help.
public enum MessageRefusal: Error, Hashable, Sendable {
    case unknownTopic(TopicName)
    case topicExists(TopicName)
    /// The topic cannot be deleted: so many messages wait to become visible in it. Those of calls are an order's, which
    /// waits for the answer.
    case topicAwaited(TopicName, delayed: Int, half: Int, calls: Int)
    /// The topic cannot be deleted: these workflows take orders and send to it, and these installed modules read it.
    case topicInUse(TopicName, workflows: [WorkflowName], modules: [GroupName])
    case unknownGroup(GroupName)
    case groupExists(GroupName)
    /// The name of a topic, group, lane or client is not one.
    case badName(what: String, name: String, problem: String)
    /// A setting is outside of what is possible.
    case badSetting(String, problem: String)
    /// A message that cannot be sent as it is, or a name that is none: which part, and what is wrong.
    case flawed(MessageFlaw)
    /// The topic does not take messages of this type.
    case wrongType(TopicName, takes: TopicType, asked: TopicType)
    /// A filter that cannot be read: nothing is delivered by it.
    case badFilter(expression: String, problem: String, offset: Int)
    /// The delivery is over: acknowledged, expired, delivered again, or of an earlier topic, course or process.
    case staleReceipt(String)
    /// Nobody knows this message, or not any more.
    case unknownMessage(String)
    /// A delayed message that was delivered at that time.
    case alreadyVisible(at: Moment)
    /// A half or delayed message that was decided before, and how.
    case decidedAlready(String)
    /// A half message that is not parked: its producer is asked about it by itself.
    case notParked
    /// A half message that announces the answer to an order's call: only that answer decides it.
    case decidedByAnswer(order: OrderID, key: String, ok: EventName, failed: EventName)
    /// Something does not go with the kind of group: which, and why.
    case notForThisGroup(GroupName, problem: String)
    /// The caller's key of this request was used for another one.
    case keyReused(key: String)
    /// A bound of the broker: which one and its value.
    case limit(String, max: Int)
    /// A page was asked for with the token of another list.
    case badCursor
    /// Try again after so long.
    case overloaded(String, retryAfter: Interval)
    /// The topic takes nothing for now: the disk is nearly full.
    case diskNearlyFull(freePercent: Int)
    /// An earlier commit failed; nothing is accepted until the file is opened again.
    case failStopped(String)
    /// The commit that this request was part of failed at the disk: it may be in the file or not.
    case outcomeUnknown(String)
    /// The order book is being closed in order and takes nothing new.
    case shuttingDown
    /// A failure before the commit: the whole write was undone.
    case undone(String)
}
