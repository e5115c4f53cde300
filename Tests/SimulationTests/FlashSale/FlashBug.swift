import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// A bug that the simulation must catch: done to the shop behind its back, once, as soon as it can be.
enum FlashBug: CaseIterable {
    /// An order holds what the stock row says is free.
    case reservationNotWritten
    /// What an order gave back is given back twice.
    case doubleRelease
    /// A pending timeout is gone: its order would wait for ever.
    case lostTimeout
    /// An event's message is there twice.
    case extraMessage
    /// A repeated request is taken for a new one.
    case keyDoneTwice
    /// Timeouts fire five minutes before they are due.
    case earlyTimeouts
    /// A status that no event gave.
    case wrongStatus

    /// Plants the bug; false when there is nothing yet that it could be done to.
    func plant(in shop: FlashShop) throws -> Bool {
        let stock = StockKey(sku: SKU(FlashSale.sku))
        return try shop.book.engine.store.write { transaction in
            switch self {
            case .reservationNotWritten:
                guard var row = try transaction.stock(stock), row.level.reserved > 0 else { return false }
                row.level.reserved -= 1
                row.level.free += 1
                try transaction.update(row)
            case .doubleRelease:
                guard var row = try transaction.stock(stock), row.level.free > 0 else { return false }
                row.level.free += 1
                row.level.adjusted += 1
                try transaction.update(row)
            case .lostTimeout:
                guard let timeout = try transaction.timeouts(.order, after: nil, limit: 1).first else { return false }
                return try transaction.delete(timeout)
            case .extraMessage:
                guard let queue = try transaction.storedQueues(after: StoredQueueNumber(0), limit: 1).first,
                    var message = try transaction.messages(in: queue.number, fromOffset: 0, limit: 1).first?.message
                else { return false }
                message.ordinal += 1_000
                try transaction.append(message, to: queue.number)
            case .wrongStatus:
                guard var order = try transaction.orders(after: StreamNumber(0), limit: 1).orders.first else {
                    return false
                }
                order.status = "lost"
                try transaction.update(order)
            case .keyDoneTwice, .earlyTimeouts:
                // Done on the way to the shop, and not to its file.
                return false
            }
            return true
        }
    }
}
