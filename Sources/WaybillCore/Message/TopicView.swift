/// A topic as operators see it.
public struct TopicView: Hashable, Sendable {
    public var name: TopicName
    public var settings: TopicSettings
    public var createdAt: Moment

    package init(name: TopicName, settings: TopicSettings, createdAt: Moment) {
        self.name = name
        self.settings = settings
        self.createdAt = createdAt
    }
}
