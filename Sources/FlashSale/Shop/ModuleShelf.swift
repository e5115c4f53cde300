package import Waybill
import WaybillCore
import WaybillTimeouts

/// Where the modules of a rush come from: those that somebody knows by name, and for every other name a module that
/// reads what orders say and does nothing else.
package struct ModuleShelf: Sendable {
    private let known: @Sendable (_ name: String, _ world: World) -> (any ShopModule)?

    /// - Parameter known: makes the module of a name; nil: a reader stands in for it.
    package init(_ known: @escaping @Sendable (_ name: String, _ world: World) -> (any ShopModule)?) {
        self.known = known
    }

    /// A reader for every name.
    package static let readers = ModuleShelf { _, _ in nil }

    package func standsIn(_ name: String) -> Bool { known(name, .system) == nil }

    /// Installs the modules of a scenario; they work when they are told to.
    func install(_ modules: [RushScenario.Module], in book: OrderBook) async throws {
        for module in modules {
            let made = known(module.name, book.engine.world) ?? Self.reader(module.name)
            // A rush opens one workflow; topics of others are silent, and a module may listen to them.
            for subscription in made.subscriptions where try await book.messages.topic(subscription.topic) == nil {
                try await book.messages.createTopic(subscription.topic, TopicSettings(type: .mixed))
            }
            try await install(made, failing: module.fails, in: book)
        }
    }

    private func install(_ module: some ShopModule, failing share: Share, in book: OrderBook) async throws {
        if share.millionths > 0 {
            try await book.installPaced(FailingModule(module: module, share: share))
        } else {
            try await book.installPaced(module)
        }
    }

    /// Notes each message of an order, as the smallest module would.
    private static func reader(_ name: String) -> any ShopModule {
        HandlerModule(
            GroupName(name), [Subscription("order")],
            migrate: { tables in
                try tables.execute(
                    """
                    CREATE TABLE IF NOT EXISTS rush_reader (
                        module TEXT NOT NULL, message_id TEXT NOT NULL, PRIMARY KEY (module, message_id))
                        STRICT, WITHOUT ROWID
                    """)
            },
            handle: { delivery, tables, _ in
                try tables.execute(
                    "INSERT INTO rush_reader VALUES (?, ?)", [.text(name), .text(delivery.id.description)])
            })
    }
}

/// A module whose handler fails at some messages when they come for the first time: they come again by the ladder of
/// its group, and those behind them in their message group wait.
private struct FailingModule<Module: ShopModule>: ShopModule {
    struct Failed: Error, CustomStringConvertible {
        var description: String { "the scenario lets this message fail" }
    }

    let module: Module
    let share: Share

    var name: GroupName { module.name }
    var subscriptions: [Subscription] { module.subscriptions }
    var topics: [TopicName] { module.topics }
    var settings: GroupSettings { module.settings }

    func migrate(_ tables: borrowing ModuleTables) throws { try module.migrate(tables) }

    func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {
        if delivery.attempt == 1, fails(delivery.id) { throw Failed() }
        try module.handle(delivery, tables, effects)
    }

    func followUp(in book: OrderBook) async throws { try await module.followUp(in: book) }
    func check(_ look: inout ModuleLook) throws { try module.check(&look) }

    /// By the message's id, so that it is the same messages in every run.
    private func fails(_ id: MessageID) -> Bool {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in id.description.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return (hash >> 20) % Share.whole < share.millionths
    }
}
