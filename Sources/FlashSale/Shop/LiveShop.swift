package import Waybill
import WaybillCore
import WaybillEngine

/// The shop of a run in real time, as shoppers see it: one value, so that it may be an engine in this process, one in a
/// process of its own, or a server far away.
package struct LiveShop: Sendable {
    /// Sends a request and waits for its answer.
    package var send: @Sendable (ShopRequest) async -> ShopAnswer
    /// How many units of an item the page says are left; nil: it does not answer.
    package var free: @Sendable (_ item: Int) async -> Int64?
    /// More units of an item come in, by the n-th delivery.
    package var restock: @Sendable (_ item: Int, _ units: Int64, _ delivery: Int) async -> Void
    /// The process is killed, and started again after a while; nil: this shop cannot be.
    package var kill: (@Sendable () async -> Void)?

    package init(
        send: @escaping @Sendable (ShopRequest) async -> ShopAnswer,
        free: @escaping @Sendable (Int) async -> Int64?,
        restock: @escaping @Sendable (Int, Int64, Int) async -> Void,
        kill: (@Sendable () async -> Void)? = nil
    ) {
        self.send = send
        self.free = free
        self.restock = restock
        self.kill = kill
    }

    /// The engine of an order book in this process, with its stock on the shelves.
    package static func inProcess(_ book: OrderBook, selling goods: RushScenario.Goods) async throws -> LiveShop {
        let workflow = book.engine.workflowNames.first ?? "flash-sale"
        if goods.units > 0 {
            for item in 0..<goods.count {
                let key = StockKey(sku: goods.sku(item))
                // A key for each: a process that is started again puts nothing on the shelf twice.
                _ = try await book.submit(
                    StockCommand(.receive(goods.units), of: key, key: Text("opening-\(item)"), caller: "shop")
                ).get()
            }
        }
        return LiveShop(
            send: { request in
                guard
                    case .order(let answer) = await book.engine.submit(
                        .order(request.command(under: workflow, selling: goods)))
                else { return .refused(.other("undone")) }
                return ShopAnswer(answer)
            },
            free: { item in
                do {
                    return try book.stock(StockKey(sku: goods.sku(item)))?.free ?? 0
                } catch {
                    return nil
                }
            },
            restock: { item, units, delivery in
                await book.submit(
                    StockCommand(
                        .receive(units), of: StockKey(sku: goods.sku(item)), key: Text("delivery-\(delivery)"),
                        caller: "shop"))
            })
    }
}
