import Fixtures
import Waybill
import WaybillCore

/// The order book on a file of its own, told to do steps; it can be told to misbehave.
final class ShopSubject {
    let lives: Lives<OrderBook>
    private let bug: ShopBug?
    private var keys: Set<String> = []
    private var book: OrderBook { lives.opened }

    init(seed: UInt64, bug: ShopBug?) throws {
        self.bug = bug
        lives = try Lives(from: MugShop.openingMilliseconds, seed: seed) { path, world in
            try OrderBook.open(path, workflows: [MugShop.workflow], world: world)
        }
    }

    // MARK: Steps

    func perform(_ step: ShopStep) async throws -> ShopVerdict {
        var step = step
        if let key = step.key, !keys.insert(key).inserted, bug == .repeatsKeyedRequests {
            step = step.named("\(key)-again-\(keys.count)")
        }
        let before = try picture()
        let verdict = try await forward(step)
        try await misbehave(after: step, verdict, before)
        return verdict
    }

    private func forward(_ step: ShopStep) async throws -> ShopVerdict {
        switch step {
        case .place(let order, let units, let key):
            let data: JSON = ["buyer": "ann", "qty": .int(units), "price_cents": .int(MugShop.priceCents)]
            return await send(
                OrderCommand("place", of: OrderID(order), data: data, workflow: "mug-shop", key: Text(key)))
        case .pay(let order, let payment, let cents):
            let data: JSON = ["payment": .text(payment), "amount_cents": .int(cents)]
            return await send(OrderCommand("pay", of: OrderID(order), data: data))
        case .cancel(let order, let key):
            return await send(OrderCommand("cancel", of: OrderID(order), key: Text(key)))
        case .extendTimeout(let order, let minutes):
            return ShopVerdict(
                await Answer { try await book.extendTimeout(MugShop.unpaid, of: OrderID(order), by: .minutes(minutes)) }
            )
        case .cancelTimeout(let order):
            return ShopVerdict(await Answer { try await book.cancelTimeout(MugShop.unpaid, of: OrderID(order)) })
        case .receive(let units, let key):
            return await change(.receive(units), key: Text(key))
        case .adjust(let units): return await change(.adjust(units))
        case .count(let units, let expected): return await change(.count(units, expected: expected))
        case .pass(let milliseconds): book.advance(by: Interval(milliseconds: milliseconds))
        case .reopen(let milliseconds): try reopen(after: milliseconds)
        }
        return .passed
    }

    private func send(_ command: OrderCommand) async -> ShopVerdict { ShopVerdict(await book.answer(to: command)) }

    @discardableResult
    private func change(_ action: StockCommand.Action, key: Text? = nil) async -> ShopVerdict {
        switch await book.answer(to: StockCommand(action, of: MugShop.stock, key: key)) {
        case .success(let receipt): .accepted(version: receipt.version, isRepeat: receipt.isRepeat)
        case .failure(let refusal): .refused(refusal.code)
        }
    }

    private func reopen(after pause: Int64) throws {
        try lives.reopen(after: pause) { path in
            switch bug {
            case .changesAnOrderInTheClosedFile:
                try sqlite(
                    path, "UPDATE orders SET status = 'paid' WHERE number = (SELECT max(number) FROM orders)")
            case .changesTheStockInTheClosedFile:
                try sqlite(path, "PRAGMA ignore_check_constraints = ON; UPDATE stock SET received = received + 1")
            case nil, .skipsReservations, .releasesTwice, .losesTimeouts, .repeatsKeyedRequests: break
            }
        }
        // What came due in between fires now, not before somebody lets time pass.
        book.advance(by: Interval(milliseconds: 0))
    }

    private func misbehave(after step: ShopStep, _ verdict: ShopVerdict, _ before: ShopPicture) async throws {
        guard let bug, case .accepted(_, isRepeat: false) = verdict else { return }
        switch (bug, step) {
        case (.skipsReservations, .place(_, let units, _)): await change(.adjust(units))
        case (.releasesTwice, .cancel(let order, _)): await change(.adjust(before.orders[order]?.reserved ?? 0))
        case (.losesTimeouts, .place(let order, _, _)):
            try await book.cancelTimeout(MugShop.unpaid, of: OrderID(order))
        default: break
        }
    }

    // MARK: What can be seen

    func picture() throws -> ShopPicture {
        var picture = ShopPicture()
        var page = try book.orders(limit: 1_000)
        while true {
            for order in page.elements { picture.orders[order.id.text.string] = ShopPicture.Order(order) }
            guard let next = page.next else { break }
            page = try book.orders(after: next, limit: 1_000)
        }
        if let level = try book.stock(MugShop.stock) { picture.stock = ShopPicture.Stock(level) }
        return picture
    }
}

extension ShopVerdict {
    init(_ answer: Answer) {
        switch answer {
        case .accepted(let receipt): self = .accepted(version: receipt.version, isRepeat: receipt.isRepeat)
        case .refused(let refusal): self = .refused(refusal.code)
        }
    }
}

extension ShopPicture.Order {
    init(_ order: OrderView) {
        self.init(
            status: order.status.string, version: order.version,
            due: order.timeouts.first { $0.name == MugShop.unpaid }?.due.milliseconds,
            reserved: order.holdings.reduce(0) { $0 + $1.reserved },
            sold: order.holdings.reduce(0) { $0 + $1.sold })
    }
}

extension ShopPicture.Stock {
    init(_ level: StockLevel) {
        self.init(
            free: level.free, reserved: level.reserved, sold: level.sold, received: level.received,
            adjusted: level.adjusted)
    }
}
