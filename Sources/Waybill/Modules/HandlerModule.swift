public import WaybillCore

/// A module that is one closure, for what is too small to be a type.
///
/// ```swift
/// try await book.install(
///     HandlerModule(
///         "visits", [Subscription("order", tags: "placed")],
///         migrate: { tables in
///             try tables.execute("CREATE TABLE IF NOT EXISTS visit (order_id TEXT PRIMARY KEY) STRICT")
///         },
///         handle: { delivery, tables, _ in
///             guard let order = delivery.order else { return }
///             try tables.execute(
///                 "INSERT INTO visit VALUES (?) ON CONFLICT DO NOTHING", [.text(order.description)])
///         }))
/// ```
public struct HandlerModule: ShopModule {
    public typealias Migration = @Sendable (borrowing ModuleTables) throws -> Void
    public typealias Handler = @Sendable (Delivery, borrowing ModuleTables, Effects) throws -> Void

    public let name: GroupName
    public let subscriptions: [Subscription]
    public let settings: GroupSettings
    private let migration: Migration
    private let handler: Handler

    public init(
        _ name: GroupName, _ subscriptions: [Subscription], settings: GroupSettings = GroupSettings(),
        migrate: @escaping Migration = { _ in }, handle: @escaping Handler
    ) {
        self.name = name
        self.subscriptions = subscriptions
        self.settings = settings
        migration = migrate
        handler = handle
    }

    public func migrate(_ tables: borrowing ModuleTables) throws { try migration(tables) }

    public func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {
        try handler(delivery, tables, effects)
    }
}
