import Foundation
import Testing
import Waybill
import WaybillCore

/// A file with some life in it: orders of two workflows in all their states, stock, messages, timeouts.
enum Shop {
    static let opening = Moment(milliseconds: 1_760_000_000_000)

    /// Sends a message at once and one an hour later, and waits a day.
    static let reminder = WorkflowText(
        """
        id: reminder
        version: 1
        commands:
          place: {data: {buyer: text}}
          done: {}
        context: {buyer: text}
        attributes: [buyer]
        initial: open
        states:
          open:
            entry:
              - send: {topic: reminders, tag: placed, properties: {buyer: buyer}}
              - send: {topic: reminders, tag: remind, delay: 1h, body: {buyer: buyer}}
            after: {lapse: {in: 1d, target: over}}
            on: {done: over}
          over: {type: final}
        """, source: "reminder.yaml")

    /// Fills a new file and closes it.
    static func fill(_ path: String) async throws {
        let book = try OrderBook.open(
            path, workflows: WorkflowText.shipped + [reminder], world: .virtual(VirtualClock(start: opening)))
        try await live(in: book)
        await book.close()
    }

    /// Some days of a shop: sales that are paid, shipped, left to expire and cancelled.
    static func live(in book: OrderBook) async throws {
        try await book.submit(StockCommand(.receive(5), of: StockKey(sku: "mug", location: "north")))
        try await book.submit(StockCommand(.count(4, expected: 5), of: StockKey(sku: "mug", location: "north")))
        for number in 1...4 {
            let sale: JSON = [
                "buyer": .text("ann-\(number % 2)"), "sku": "mug", "at": "north", "price_cents": 900, "limit": 2,
            ]
            try await accept(
                book,
                OrderCommand(
                    "place", of: OrderID("sale-\(number)"), data: sale, workflow: "flash-sale", key: "s\(number)"))
            book.advance(by: .minutes(1))
        }
        try await accept(book, OrderCommand("pay", of: "sale-1", data: ["payment": "p1", "amount_cents": 900]))
        try await accept(book, OrderCommand("pay", of: "sale-2", data: ["payment": "p2", "amount_cents": 900]))
        try await accept(book, OrderCommand("cancel", of: "sale-3", role: "buyer"))
        try await accept(
            book, OrderCommand("ship", of: "sale-1", data: ["parcel": "b1", "carrier": "post"], role: "warehouse"))
        for number in 1...3 {
            try await accept(
                book,
                OrderCommand(
                    "place", of: OrderID("note-\(number)"), data: ["buyer": .text("bob \(number)")],
                    workflow: "reminder"))
        }
        book.advance(by: .minutes(20))
        try await accept(book, OrderCommand("done", of: "note-1"))
        try await book.extendTimeout("lapse", of: "note-2", by: .hours(2))
        try await book.cancelTimeout("lapse", of: "note-3")
        book.advance(by: .minutes(20))
    }

    private static func accept(_ book: OrderBook, _ command: OrderCommand) async throws {
        try await book.submit(command)
    }
}
