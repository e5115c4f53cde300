import Foundation
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// A real order book over a file of its own, in virtual time, asked in the words of the model.
final class FlashShop {
    let lives: Lives<OrderBook>

    var book: OrderBook { lives.opened }

    init(at now: Int64, seed: UInt64) throws {
        guard let workflow = WorkflowText.shipped("flash-sale") else { throw CocoaError(.fileNoSuchFile) }
        lives = try Lives(from: now, seed: seed) { path, world in
            try OrderBook.open(path, workflows: [workflow], world: world)
        }
    }

    func pass(_ length: Int64) { book.advance(by: Interval(milliseconds: length)) }

    func handle(_ request: FlashRequest, key: String?) -> FlashModel.Outcome {
        let key = key.map { Text($0) }
        func order(_ name: EventName, _ id: String, _ data: JSON = .object([])) -> FlashModel.Outcome {
            let command = OrderCommand(name, of: OrderID(id), data: data, workflow: "flash-sale", key: key)
            return outcome(book.engine.perform(command.command))
        }
        let sku = StockKey(sku: SKU(FlashSale.sku))
        switch request {
        case .receive(let quantity): return stock(StockCommand(.receive(Int64(quantity)), of: sku, key: key))
        case .adjust(let quantity): return stock(StockCommand(.adjust(Int64(quantity)), of: sku, key: key))
        case .place(let id, let buyer):
            let data: JSON = [
                "buyer": .text(buyer), "sku": .text(FlashSale.sku), "at": "",
                "price_cents": .int(Int64(FlashSale.priceCents)), "limit": .int(Int64(FlashSale.perBuyer)),
            ]
            return order("place", id, data)
        case .pay(let id, let payment, let cents):
            return order("pay", id, ["payment": .text(payment), "amount_cents": .int(Int64(cents))])
        case .cancel(let id): return order("cancel", id)
        case .ship(let id, let parcel): return order("ship", id, ["parcel": .text(parcel), "carrier": "post"])
        case .answer(let id, let call, let isDone, let cents):
            var data: [JSON.Member] = isDone ? [] : [.init("reason", "card closed")]
            if let cents { data.append(.init("amount_cents", .int(Int64(cents)))) }
            let command = OrderCommand(
                isDone ? "refund_done" : "refund_failed", of: OrderID(id), data: .object(data),
                key: Text("\(id)#\(call)"), caller: "bank")
            return outcome(book.engine.perform(command.command))
        case .extend(let id, let by):
            let action = TimeoutCommand.Action.extend(by: Interval(milliseconds: by))
            return outcome(
                book.engine.perform(TimeoutCommand(action, FlashSale.timeout, of: OrderID(id), key: key)))
        case .stop(let id):
            return outcome(
                book.engine.perform(TimeoutCommand(.cancel, FlashSale.timeout, of: OrderID(id), key: key)))
        }
    }

    private func outcome(_ answer: Answer) -> FlashModel.Outcome {
        switch answer {
        case .accepted(let receipt):
            receipt.isRepeat ? .repeated(version: Int(receipt.version)) : .accepted(version: Int(receipt.version))
        case .refused(let refusal): .refused(refusal.code)
        }
    }

    private func stock(_ command: StockCommand) -> FlashModel.Outcome {
        switch book.engine.perform(command) {
        case .success(let receipt):
            receipt.isRepeat ? .repeated(version: Int(receipt.version)) : .accepted(version: Int(receipt.version))
        case .failure(let refusal): .refused(refusal.code)
        }
    }

    // MARK: What is seen

    /// The same facts as the model's, read from the file.
    func facts() throws -> Set<String> {
        let orders = try book.orders(limit: 1_000).elements
        var facts: Set<String> = ["\(orders.count) orders", "\(book.engine.lastPosition.number) events"]
        for order in orders {
            let due = order.timeouts.first?.due.milliseconds ?? 0
            facts.insert("\(order.id): \(order.status), version \(order.version), due \(due)")
        }
        for (key, level) in try book.engine.stocks(after: nil, limit: 1_000) {
            let sums = "\(level.received) + \(level.adjusted) = \(level.free) + \(level.reserved) + \(level.sold)"
            facts.insert("\(key.location.text.isEmpty ? "\(key.sku)" : "\(key.sku)@\(key.location)"): \(sums)")
        }
        try book.engine.store.read { rows in
            for queue in try rows.storedQueues(after: StoredQueueNumber(0), limit: 100) {
                var counts: [String: Int] = [:]
                for message in try rows.messages(in: queue.number, fromOffset: 0, limit: 10_000) {
                    let name = message.message.tag.map { "\(queue.topic):\($0)" } ?? "\(queue.topic)"
                    counts[name, default: 0] += 1
                }
                for (name, count) in counts { facts.insert("\(count) messages \(name)") }
            }
            let due = try rows.timeouts(.order, after: nil, limit: 1_000).map(\.due.milliseconds)
            facts.insert("timeouts at \(due.sorted())")
            let calls = try rows.timeouts(.call, after: nil, limit: 1_000).map(\.due.milliseconds)
            facts.insert("calls until \(calls.sorted())")
        }
        return facts
    }
}
