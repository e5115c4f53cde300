/// A client that consumes for a group, as a server knows it.
package struct GroupClient: Hashable, Sendable {
    /// As deliveries, lanes and broadcast positions know it.
    package var name: Text
    /// "" is the base.
    package var lane: Text
    /// Deliveries that it has and has not answered.
    package var holds: Int64
    package var heardAt: Moment
    /// Whether what it holds goes on for it when it renews itself.
    package var isAlive: Bool
    /// What only RocketMQ clients say of themselves, and where they come from; nil: another kind of client.
    package var library: Library?

    /// What a client is made of.
    package struct Library: Hashable, Sendable {
        package var language: Text
        package var version: Text
        package var address: Text

        package init(language: Text, version: Text, address: Text) {
            self.language = language
            self.version = version
            self.address = address
        }
    }

    package init(
        name: Text, lane: Text, holds: Int64, heardAt: Moment, isAlive: Bool, library: Library? = nil
    ) {
        self.name = name
        self.lane = lane
        self.holds = holds
        self.heardAt = heardAt
        self.isAlive = isAlive
        self.library = library
    }
}
