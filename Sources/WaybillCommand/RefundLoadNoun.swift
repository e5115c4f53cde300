import ArgumentParser
import Foundation
import Waybill
import WaybillCore

/// `waybill load-refunds`: buyers who pay, call off and pay once too often, and a worker at the payment provider, for
/// tests that kill the process. Each line is something that was answered or done:
///
///     placed ORDER                  the order and its receipt, a half message that the journal answers for
///     owed CALL                     a refund that an accepted command has made due
///     asked CALL MESSAGE ATTEMPT    handed to the worker, before it does anything
///     did CALL                      money has left, outside the file
///     answered CALL ok|failed       the order has heard of it
///     done CALL                     the request is acknowledged
///     announced CALL                what the half message of the call said when it was committed
struct RefundLoadNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load-refunds", abstract: "Ask for refunds and pay them until killed; prints what was answered.",
        shouldDisplay: false)

    private static let till = "till"
    private static let worker: GroupName = "bank"
    private static let reader: GroupName = "books"
    private static let requests = Subscription("refunds", tags: "call")
    private static let announcements = Subscription("refunds", tags: "done")
    /// Calls expire after a day; what a crash left behind is settled long before.
    private static let drainHours = 20

    @Option(help: "The database file; it is made if it is not there.")
    var db: String
    @Option(help: "Begins the ids of this run's orders.")
    var seed: Int
    @Flag(help: "Order nothing; end when every refund and every half message is decided.")
    var drain = false

    func run() async throws {
        // No one waits for the last question about a half message while a clock goes round.
        let world: World = drain ? .standing(at: World.system.now()) : .system
        let book = try OrderBook.open(db, world: world)
        await book.messages.answerFromJournal(of: Self.till)
        if try await book.messages.topic("receipts") == nil {
            try await book.messages.createTopic("receipts", TopicSettings(type: .transaction))
        }
        for (group, subscription) in [(Self.worker, Self.requests), (Self.reader, Self.announcements)] {
            try await book.messages.createGroup(
                group, GroupSettings(attemptsMax: 1_000, ladder: [Interval(milliseconds: 1)], invisible: .seconds(10)))
            try await book.messages.subscribe(group, subscription)
        }
        if drain { return try await settle(book) }
        try await book.submit(StockCommand(.receive(1_000_000), of: StockKey(sku: "mug"), key: "mugs"))
        try await withThrowingTaskGroup { tasks in
            for buyer in 0..<4 { tasks.addTask { try await order(as: buyer, in: book) } }
            for client in 0..<4 {
                tasks.addTask {
                    while !Task.isCancelled { _ = try await work(as: client, in: book, wait: .seconds(1)) }
                }
            }
            tasks.addTask {
                while !Task.isCancelled { _ = try await read(in: book, wait: .seconds(1)) }
            }
            try await tasks.waitForAll()
        }
    }

    /// Works off everything, and lets time pass until nothing is in doubt.
    private func settle(_ book: OrderBook) async throws {
        for _ in 0..<Self.drainHours * 60 {
            while try await work(as: 0, in: book, wait: Interval(milliseconds: 0)) > 0 {}
            while try await read(in: book, wait: Interval(milliseconds: 0)) > 0 {}
            book.advance(by: .minutes(1))
        }
        await book.close()
        say("drained")
    }

    // MARK: Buyers

    /// Every third order is paid once more after it was called off, and that money goes back too.
    private func order(as buyer: Int, in book: OrderBook) async throws {
        for count in 0... where !Task.isCancelled {
            let id = OrderID("\(seed)-\(buyer)-\(count)")
            let place = OrderCommand(
                "place", of: id,
                data: [
                    "shop": "s", "buyer": .text("b\(buyer)"), "pay_within": "2d", "freight_cents": 0,
                    "discount_cents": 0,
                    "lines": [["line": "1", "sku": "mug", "at": "", "qty": 1, "price_cents": 50]],
                ], workflow: "standard-order")
            let receipt = NewMessage(to: "receipts", body: Array(id.description.utf8))
            try await book.messages.send(receipt, with: place, producer: Self.till).receipt()
            say("placed \(id)")
            try await book.submit(payment(1, of: id))
            try await book.submit(OrderCommand("cancel", of: id, data: ["reason": "load"]))
            say("owed \(id)#1")
            if count % 3 == 0 {
                try await book.submit(payment(2, of: id))
                say("owed \(id)#2")
            }
        }
    }

    private func payment(_ number: Int, of id: OrderID) -> OrderCommand {
        OrderCommand(
            "pay", of: id, data: ["payment": .text("\(id)/\(number)"), "channel": "card", "amount_cents": 50])
    }

    // MARK: The worker and the books

    /// Handles one batch of requests; answers how many. Every fifth refund cannot be paid.
    private func work(as client: Int, in book: OrderBook, wait: Interval) async throws -> Int {
        let receiving = Messages.ReceiveOptions(client: Text("\(Self.worker)-\(client)"), max: 8, wait: wait)
        let batch = try await book.messages.receive(Self.worker, Self.requests, receiving)
        for delivery in batch { say("asked \(call(delivery)) \(delivery.id) \(delivery.attempt)") }
        for delivery in batch {
            guard let order = delivery.order else { continue }
            let call = call(delivery)
            let isPaid = call.utf8.reduce(0) { $0 &+ Int($1) } % 5 > 0
            if isPaid { say("did \(call)") }
            let answer = OrderCommand(
                isPaid ? "refund_done" : "refund_failed", of: order, data: isPaid ? [:] : ["reason": "load"],
                role: "payments", key: Text(call), caller: "bank")
            try await book.submit(answer)
            say("answered \(call) \(isPaid ? "ok" : "failed")")
            try await book.messages.acknowledge(delivery)
            say("done \(call)")
        }
        return batch.count
    }

    private func read(in book: OrderBook, wait: Interval) async throws -> Int {
        let receiving = Messages.ReceiveOptions(client: "books", max: 32, wait: wait)
        let batch = try await book.messages.receive(Self.reader, Self.announcements, receiving)
        for delivery in batch {
            say("announced \(call(delivery))")
            try await book.messages.acknowledge(delivery)
        }
        return batch.count
    }

    private func call(_ delivery: Delivery) -> String { delivery.keys.first?.string ?? "-" }

    /// One line, at once: what was not said was not answered.
    private func say(_ line: String) {
        Output.standard.line(line)
        Output.standard.flush()
    }
}
