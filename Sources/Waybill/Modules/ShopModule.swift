public import WaybillCore
public import WaybillEngine
public import WaybillStore

/// A part of a shop that lives on what orders say: it consumes messages, keeps rows of its own in the same file, and
/// knows nothing of those who send.
///
/// ```swift
/// struct Visits: ShopModule {
///     let name: GroupName = "visits"
///     let subscriptions = [Subscription("order", tags: "placed")]
///
///     func migrate(_ tables: borrowing ModuleTables) throws {
///         try tables.execute("CREATE TABLE IF NOT EXISTS visit (order_id TEXT PRIMARY KEY) STRICT")
///     }
///
///     func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {
///         guard let order = delivery.order else { return }
///         try tables.execute("INSERT INTO visit VALUES (?) ON CONFLICT DO NOTHING", [.text(order.description)])
///     }
/// }
/// ```
///
/// The rows and the acknowledgement of a message are one commit, so between look-backs each message has its effect
/// exactly once. After a look-back messages come again, marked ``Delivery/isReplayed``: rows may be set again, effects
/// on others stay away by themselves.
public protocol ShopModule: Sendable {
    /// The module's name, which is also that of its consumer group.
    var name: GroupName { get }

    /// Which messages it handles.
    var subscriptions: [Subscription] { get }

    /// Topics that it reads or sends to and that no open workflow names; they are made when it is installed. Without
    /// its topic a subscription is refused.
    var topics: [TopicName] { get }

    /// The rules of its group.
    var settings: GroupSettings { get }

    /// Makes or changes its tables. Called at each installation, before anything else.
    func migrate(_ tables: borrowing ModuleTables) throws

    /// Takes one message. What it throws undoes the rows of this message alone; it comes again later, and in the end
    /// goes to the dead letters.
    func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws

    /// Does what has to happen outside the file, after messages were handled: bounded, and called again.
    func followUp(in book: OrderBook) async throws

    /// Compares its rows with what the orders say; `waybill verify` calls it.
    func check(_ look: inout ModuleLook) throws
}

extension ShopModule {
    public var topics: [TopicName] { [] }
    public var settings: GroupSettings { GroupSettings() }
    public func followUp(in book: OrderBook) async throws {}
    public func check(_ look: inout ModuleLook) throws {}
}
