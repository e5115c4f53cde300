import Foundation
import Waybill
import WaybillCore

/// The order book on a file of its own, told to do steps; it can be told to misbehave.
final class Subject {
    /// What goes wrong behind the model's back: the harness must notice each.
    enum Misbehaviour: CaseIterable, Sendable {
        case skipsReservations
        case releasesTwice
        case losesTimeouts
        case repeatsKeyedRequests
        case changesAnOrderInTheClosedFile
        case changesTheStockInTheClosedFile
    }

    private let directory: URL
    private let clock = VirtualClock(start: Moment(milliseconds: MugShop.openingMilliseconds))
    private let seed: UInt64
    private let misbehaviour: Misbehaviour?
    private var book: OrderBook
    private var keys: Set<String> = []

    init(seed: UInt64, misbehaviour: Misbehaviour?) throws {
        self.seed = seed
        self.misbehaviour = misbehaviour
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("simulation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        book = try Self.open(directory, .virtual(clock, seed: seed))
    }

    private static func open(_ directory: URL, _ world: World) throws -> OrderBook {
        try OrderBook.open(
            directory.appendingPathComponent("shop.db").path, workflows: [MugShop.workflow], world: world)
    }

    /// Closes the book and deletes its file.
    func discard() throws {
        book.close()
        try FileManager.default.removeItem(at: directory)
    }

    // MARK: Steps

    func perform(_ step: Step) async throws -> Verdict {
        var step = step
        if let key = step.key, !keys.insert(key).inserted, misbehaviour == .repeatsKeyedRequests {
            step = step.named("\(key)-again-\(keys.count)")
        }
        let before = try picture()
        let verdict = try await forward(step)
        try await misbehave(after: step, verdict, before)
        return verdict
    }

    private func forward(_ step: Step) async throws -> Verdict {
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
            return Verdict(await book.extendTimeout(MugShop.timeout, of: OrderID(order), by: .minutes(minutes)))
        case .cancelTimeout(let order):
            return Verdict(await book.cancelTimeout(MugShop.timeout, of: OrderID(order)))
        case .receive(let units, let key):
            return await change(.receive(units), key: Text(key))
        case .adjust(let units): return await change(.adjust(units))
        case .count(let units, let expected): return await change(.count(units, expected: expected))
        case .pass(let milliseconds): book.advance(by: Interval(milliseconds: milliseconds))
        case .reopen(let milliseconds): try reopen(after: Interval(milliseconds: milliseconds))
        }
        return .passed
    }

    private func send(_ command: OrderCommand) async -> Verdict { Verdict(await book.submit(command)) }

    @discardableResult
    private func change(_ action: StockCommand.Action, key: Text? = nil) async -> Verdict {
        switch await book.submit(StockCommand(action, of: MugShop.stock, key: key)) {
        case .success(let receipt): .accepted(version: receipt.version, isRepeat: receipt.isRepeat)
        case .failure(let refusal): .refused(refusal.code)
        }
    }

    private func reopen(after pause: Interval) throws {
        book.close()
        switch misbehaviour {
        case .changesAnOrderInTheClosedFile:
            try edit("UPDATE orders SET status = 'paid' WHERE number = (SELECT max(number) FROM orders)")
        case .changesTheStockInTheClosedFile:
            try edit("PRAGMA ignore_check_constraints = ON; UPDATE stock SET received = received + 1")
        case nil, .skipsReservations, .releasesTwice, .losesTimeouts, .repeatsKeyedRequests: break
        }
        clock.move(to: clock.now.advanced(by: pause))
        book = try Self.open(directory, .virtual(clock, seed: seed))
        // What came due in between fires now, not before somebody lets time pass.
        book.advance(by: Interval(milliseconds: 0))
    }

    private func edit(_ sql: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", directory.appendingPathComponent("shop.db").path, sql]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ToolFailure(status: process.terminationStatus) }
    }

    private func misbehave(after step: Step, _ verdict: Verdict, _ before: Picture) async throws {
        guard let misbehaviour, case .accepted(_, isRepeat: false) = verdict else { return }
        switch (misbehaviour, step) {
        case (.skipsReservations, .place(_, let units, _)): await change(.adjust(units))
        case (.releasesTwice, .cancel(let order, _)): await change(.adjust(before.orders[order]?.reserved ?? 0))
        case (.losesTimeouts, .place(let order, _, _)):
            try await book.cancelTimeout(MugShop.timeout, of: OrderID(order)).receipt()
        default: break
        }
    }

    // MARK: What can be seen

    func picture() throws -> Picture {
        var picture = Picture()
        var page = try book.orders(limit: 1_000)
        while true {
            for order in page.elements { picture.orders[order.id.text.string] = Picture.Order(order) }
            guard let next = page.next else { break }
            page = try book.orders(after: next, limit: 1_000)
        }
        if let level = try book.stock(MugShop.stock) { picture.stock = Picture.Stock(level) }
        return picture
    }
}

/// The `sqlite3` command line tool did not do what it was told.
struct ToolFailure: Error { let status: Int32 }

extension Verdict {
    init(_ answer: Answer) {
        switch answer {
        case .accepted(let receipt): self = .accepted(version: receipt.version, isRepeat: receipt.isRepeat)
        case .refused(let refusal): self = .refused(refusal.code)
        }
    }
}

extension Picture.Order {
    init(_ order: OrderView) {
        self.init(
            status: order.status.string, version: order.version,
            due: order.timeouts.first { $0.name == MugShop.timeout }?.due.milliseconds,
            reserved: order.holdings.reduce(0) { $0 + $1.reserved },
            sold: order.holdings.reduce(0) { $0 + $1.sold })
    }
}

extension Picture.Stock {
    init(_ level: StockLevel) {
        self.init(
            free: level.free, reserved: level.reserved, sold: level.sold, received: level.received,
            adjusted: level.adjusted)
    }
}
