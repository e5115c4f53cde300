/// What is wrong with a message, or with the name of a topic or group, as it came from outside.
///
/// The parts are those that RocketMQ's status codes tell apart.
public struct MessageFlaw: Error, Hashable, Sendable {
    /// The part that is wrong.
    public enum Part: String, Hashable, Sendable, CaseIterable {
        case topic
        case group
        case producer
        case id
        case tag
        case key
        /// The FIFO key.
        case messageGroup
        /// A property's name or value.
        case property
        /// Tag, keys and properties together, or their number.
        case properties
        case body
        case priority
        case lane
        /// The W3C trace context.
        case trace
        /// When a delayed message becomes visible.
        case deliverAt
        /// When a half message's producer is asked first.
        case firstCheck
        /// The number or the bytes of messages in one send.
        case batch
    }

    public let part: Part
    /// What is wrong, the value that was met, and what would be right.
    public let problem: String

    package init(_ part: Part, _ problem: String) {
        self.part = part
        self.problem = problem
    }
}

extension MessageFlaw: CustomStringConvertible {
    public var description: String { "\(part.words): \(problem)" }
}

extension MessageFlaw.Part {
    /// The part as people call it.
    package var words: String {
        switch self {
        case .topic: "topic"
        case .group: "group"
        case .producer: "producer"
        case .id: "message id"
        case .tag: "tag"
        case .key: "key"
        case .messageGroup: "message group"
        case .property: "property"
        case .properties: "properties"
        case .body: "body"
        case .priority: "priority"
        case .lane: "lane"
        case .trace: "trace context"
        case .deliverAt: "delivery time"
        case .firstCheck: "first check-back"
        case .batch: "batch"
        }
    }
}
