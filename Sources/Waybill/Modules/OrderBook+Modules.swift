public import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// Installing modules, and letting them work.
extension OrderBook {
    /// From where on a module hears of the shop.
    public enum ModuleStart: Sendable {
        /// Of what is sent from now on.
        case now
        /// Of all that its topics still hold. What was sent before the installation arrives marked as replayed, and
        /// sets off no effects on others.
        case beginning
    }

    /// Adds a module to the shop, or goes on with one that the file has: its tables are made or changed, its group
    /// stays where it was.
    ///
    /// In the real world it works from now on, until the book is closed. In a virtual one it works in
    /// ``runModules()``.
    ///
    /// - Throws: ``MessageRefusal``; nothing works then, and it can be installed again. When its tables could not be
    ///   made, ``MessageRefusal/undone(_:)`` says why.
    public func install(
        _ module: some ShopModule, from start: ModuleStart = .now
    ) async throws(MessageRefusal) {
        try await install(module, from: start, isPaced: false)
    }

    /// Installs a module that has no loops in the real world either: it works in ``work(_:messagesMax:)``, so that a
    /// rehearsal can say how fast it is, and when it is down.
    package func installPaced(_ module: some ShopModule) async throws {
        try await install(module, from: .now, isPaced: true)
    }

    /// Lets an installed module take so many messages at most, and do what follows from them; answers how many it took.
    package func work(_ module: GroupName, messagesMax: Int) async throws -> Int {
        try await modules.work(module, messagesMax: messagesMax, in: self)
    }

    private func install(
        _ module: some ShopModule, from start: ModuleStart, isPaced: Bool
    ) async throws(MessageRefusal) {
        guard modules.reserve(module.name) else {
            throw MessageRefusal.groupExists(module.name)
        }
        do throws(MessageRefusal) {
            try await prepare(module, from: start)
            modules.start(module, in: self, isPaced: isPaced)
        } catch {
            modules.remove(module.name)
            throw error
        }
    }

    private func prepare(_ module: some ShopModule, from start: ModuleStart) async throws(MessageRefusal) {
        for topic in module.topics {
            guard try await messages.topic(topic) == nil else { continue }
            try await messages.createTopic(topic, TopicSettings(type: .mixed))
        }
        let since =
            switch start {
            case .now: now
            case .beginning: Moment(milliseconds: .min)
            }
        let isNew = try await writeModuleRow(of: module, since: since)
        try await messages.createGroup(module.name, module.settings)
        // Each topic is taken up before anything else happens, so that the group is owed what comes from now on.
        for subscription in module.subscriptions {
            try await messages.subscribe(module.name, subscription)
            guard isNew else { continue }
            // What is there is passed over; to look back from here marks it as replayed.
            try await messages.lookBack(module.name, subscription.topic, to: .newest)
            if start == .beginning { try await messages.lookBack(module.name, subscription.topic, to: .oldest) }
        }
        // An installation that was interrupted before this is done again from its beginning.
        do throws(Refusal) { try await engine.noteInstalled(module.name) } catch { throw MessageRefusal(error) }
    }

    /// Makes the module's row and its tables; answers whether it is not installed yet.
    private func writeModuleRow(
        of module: some ShopModule, since: Moment
    ) async throws(MessageRefusal) -> Bool {
        do throws(Refusal) {
            let isInstalled = try await engine.keepModule(module.name, since: since)
            try await migrateTables { tables in try module.migrate(tables) }
            return !isInstalled
        } catch {
            throw MessageRefusal(error)
        }
    }

    /// In a virtual world: lets every installed module handle what there is, in the order of their installation, until
    /// nothing is left; answers how many messages were handled.
    ///
    /// What fails waits for its time, and comes when the clock is turned that far.
    ///
    /// - Throws: ``ModuleRunFailure``: what was handled stays handled.
    @discardableResult
    public func runModules() async throws(ModuleRunFailure) -> Int { try await modules.run(in: self) }
}

/// Why modules did not work everything off.
public enum ModuleRunFailure: Error, Sendable, CustomStringConvertible {
    /// A module could not be given messages.
    case refused(MessageRefusal)
    /// What a module does outside the file threw this; it is asked again with the next messages.
    case followUpFailed(GroupName, any Error)

    public var description: String {
        switch self {
        case .refused(let refusal): "\(refusal)"
        case .followUpFailed(let module, let error): "what the module \(module) does outside the file: \(error)"
        }
    }
}
