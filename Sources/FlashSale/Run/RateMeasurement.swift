package import Waybill
import WaybillCore
import WaybillEngine

/// How fast the engine is on this machine and this disk: what a write costs, and what each order adds to it.
package struct RateMeasurement: Sendable {
    package let commitMicroseconds: Int64
    package let perCommandMicroseconds: Int64
    package let perSecond: Double

    /// Orders in a full write, as the engine takes them.
    private static let batch = 1_024
    private static let fullWrites = 12
    private static let smallWrites = 40

    /// Places orders in an order book that is for nothing else: writes of one order, then full ones.
    ///
    /// - Throws: a refusal when the book does not take the orders of its workflow.
    package static func measure(in book: OrderBook) throws -> RateMeasurement {
        var goods = RushScenario.Goods()
        goods.name = "measured"
        goods.priceCents = 100
        let workflow = book.engine.workflowNames.first ?? "flash-sale"
        let stock = StockCommand(.receive(1_000_000), of: StockKey(sku: goods.sku(0)), caller: "shop")
        _ = try book.engine.perform(stock).get()
        var shopper = 0
        func place(_ count: Int) throws {
            let requests = (0..<count).map { _ -> Command in
                shopper += 1
                return ShopRequest(.place, shopper: shopper, order: 1, item: 0).command(under: workflow, selling: goods)
            }
            for case .refused(let refusal) in book.engine.perform(requests) { throw refusal }
        }
        // The first write of a kind prepares its statements.
        try place(batch)
        let small = try medianMicroseconds(of: smallWrites) { try place(1) }
        let full = try medianMicroseconds(of: fullWrites) { try place(batch) }
        let perCommand = max(1, (full - small) / Int64(batch - 1))
        let commit = max(0, small - perCommand)
        return RateMeasurement(
            commitMicroseconds: commit, perCommandMicroseconds: perCommand,
            perSecond: Double(batch) * 1e6 / Double(max(1, full)))
    }

    private static func medianMicroseconds(of turns: Int, _ body: () throws -> Void) rethrows -> Int64 {
        let clock = RushClock()
        var took: [Int64] = []
        for _ in 0..<turns {
            let began = clock.microseconds
            try body()
            took.append(clock.microseconds - began)
        }
        return took.sorted()[turns / 2]
    }
}
