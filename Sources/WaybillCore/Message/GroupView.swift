/// A consumer group, as it is shown.
public struct GroupView: Hashable, Sendable {
    public var name: GroupName
    public var settings: GroupSettings
    public var createdAt: Moment
    /// Who made it; empty: the owner of the file, or a release that did not note it.
    public var createdBy: Text
    /// When a consumer was last seen, to the hour.
    public var lastUsedAt: Moment
    /// Whether that is so long ago that what the group is owed goes first when a topic is beyond its size.
    public package(set) var isIdle = false

    package init(name: GroupName, settings: GroupSettings, createdAt: Moment, createdBy: Text = "", lastUsedAt: Moment)
    {
        self.name = name
        self.settings = settings
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.lastUsedAt = lastUsedAt
    }
}
