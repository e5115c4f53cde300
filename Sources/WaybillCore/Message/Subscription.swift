/// What a consumer wants: a topic, and by tag or SQL expression which of its messages.
public struct Subscription: Hashable, Sendable {
    public var topic: TopicName
    package var kind: MessageFilter.Kind
    package var expression: Text

    /// Messages by their tag: `*` is all, `paid || shipped` two of them.
    public init(_ topic: TopicName, tags: String = "*") { self.init(topic, tags: Text(tags)) }

    /// The same with a text that comes from a file or a request.
    @_disfavoredOverload
    package init(_ topic: TopicName, tags: Text) { self.init(topic, kind: .tag, expression: tags) }

    /// Messages by their properties, in RocketMQ's SQL92: `amount > 100 AND region IS NOT NULL`.
    public init(_ topic: TopicName, sql: String) { self.init(topic, sql: Text(sql)) }

    /// The same with a text that comes from a file or a request.
    @_disfavoredOverload
    package init(_ topic: TopicName, sql: Text) { self.init(topic, kind: .sql, expression: sql) }

    package init(_ topic: TopicName, kind: MessageFilter.Kind, expression: Text) {
        self.topic = topic
        self.kind = kind
        self.expression = expression
    }
}
