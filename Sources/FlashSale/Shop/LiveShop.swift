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
    /// How many messages each module has not finished, in the order of the scenario; nil: no one answers.
    package var owed: @Sendable () async -> [Int]?
    /// The doors open; lets the modules work until the task is cancelled.
    package var work: @Sendable (_ openedAt: Moment) async -> Void
    /// The process is killed, and started again after a while; nil: this shop cannot be.
    package var kill: (@Sendable () async -> Void)?

    package init(
        send: @escaping @Sendable (ShopRequest) async -> ShopAnswer,
        free: @escaping @Sendable (Int) async -> Int64?,
        restock: @escaping @Sendable (Int, Int64, Int) async -> Void,
        owed: @escaping @Sendable () async -> [Int]? = { [] },
        work: @escaping @Sendable (Moment) async -> Void = { _ in },
        kill: (@Sendable () async -> Void)? = nil
    ) {
        self.send = send
        self.free = free
        self.restock = restock
        self.owed = owed
        self.work = work
        self.kill = kill
    }

    /// The engine of an order book in this process, with its stock on the shelves and its modules installed.
    ///
    /// - Parameter hurry: how many times as fast the crowd is.
    package static func inProcess(
        _ book: OrderBook, selling goods: RushScenario.Goods, modules: [RushScenario.Module] = [],
        from shelf: ModuleShelf = .readers, hurry: Int = 1
    ) async throws -> LiveShop {
        let workflow = book.engine.workflowNames.first ?? "flash-sale"
        try await fill(book, with: goods)
        try await shelf.install(modules, in: book)
        return LiveShop(
            send: { request in
                ShopAnswer(await book.engine.submit(request.command(under: workflow, selling: goods)))
            },
            free: { item in
                do {
                    return try book.stock(StockKey(sku: goods.sku(item)))?.free ?? 0
                } catch {
                    return nil
                }
            },
            restock: { item, units, delivery in
                await book.answer(
                    to: StockCommand(
                        .receive(units), of: StockKey(sku: goods.sku(item)), key: Text("delivery-\(delivery)"),
                        caller: "shop"))
            },
            owed: {
                do { return try modules.map { try book.owed(to: $0.name) } } catch { return nil }
            },
            work: { openedAt in await ModuleWork(modules, in: book, hurry: hurry).run(openedAt: openedAt) })
    }

    /// Puts the goods on the shelves, many in a write.
    private static func fill(_ book: OrderBook, with goods: RushScenario.Goods) async throws {
        guard goods.units > 0 else { return }
        for first in stride(from: 0, to: goods.count, by: 1_000) {
            try await withThrowingTaskGroup { group in
                for item in first..<min(goods.count, first + 1_000) {
                    // A key for each: a process that is started again puts nothing on the shelf twice.
                    let receipt = StockCommand(
                        .receive(goods.units), of: StockKey(sku: goods.sku(item)), key: Text("opening-\(item)"),
                        caller: "shop")
                    group.addTask { try await book.submit(receipt) }
                }
                try await group.waitForAll()
            }
        }
    }
}
