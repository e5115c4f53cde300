import WaybillBroker
public import WaybillCore
import WaybillEngine
import WaybillStore

/// Consumer groups.
extension Messages {
    /// The group of this name; made by these rules if there is none, else as it is.
    ///
    /// It is owed a topic's messages, from the oldest one on, as soon as it subscribes to it; see
    /// ``lookBack(_:_:to:effects:)`` to begin elsewhere.
    @discardableResult
    public func createGroup(
        _ name: GroupName, _ settings: GroupSettings = GroupSettings()
    ) async throws(MessageRefusal) -> GroupView {
        try await ask(KeepGroup(name, settings)).group
    }

    /// Changes attempts, ladder and invisible time of a group; whether it is FIFO or a broadcast is for life.
    @discardableResult
    public func updateGroup(_ name: GroupName, _ settings: GroupSettings) async throws(MessageRefusal) -> GroupView {
        try await ask(UpdateGroup(name, settings))
    }

    /// Deletes a group with its position and all that it is owed.
    public func deleteGroup(_ name: GroupName) async throws(MessageRefusal) {
        try await ask(DeleteGroup(name))
    }

    /// The groups, in the order in which they were made.
    public func groups() async throws(MessageRefusal) -> [GroupView] {
        try await readingOnThread { (messages) throws(MessageRefusal) in try messages.groups() }
    }

    /// One group, or nil.
    public func group(_ name: GroupName) async throws(MessageRefusal) -> GroupView? {
        try await readingOnThread { (messages) throws(MessageRefusal) in try messages.group(name) }
    }

    func view(of row: GroupRow) -> GroupView {
        var view = row.view
        view.isIdle = !row.isBroadcast && engine.world.now().since(row.lastUsedAt) > engine.settings.broker.idleAfter
        return view
    }
}
