import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillStore

/// Whatever a stop of the process lies between, what happened comes out as if it had never stopped.
@Suite struct `After a stop over due timeouts` {
    /// A sale whose window opens and closes at fixed times, and keeps what was paid when it closes.
    private static let sale = WorkflowText(
        """
        id: sale
        version: 1
        commands:
          place: {data: {opens_at: time, closes_at: time}}
          pay: {}
          look: {}
        context: {opens_at: time, closes_at: time, looks: count}
        initial: waiting
        on: {look: {actions: [{assign: {looks: + 1}}]}}
        states:
          waiting: {after: {opens: {at: opens_at, target: window}}}
          window: {after: {closes: {at: closes_at, target: kept}}, on: {pay: paid}}
          paid: {type: final}
          kept: {on: {pay: late, look: {actions: []}}}
          late: {type: final}
        """, source: "sale.yaml")

    private func open(_ file: ShopFile, _ hours: Int64) throws -> OrderBook {
        let clock = VirtualClock(start: noon.advanced(by: .hours(hours)))
        return try OrderBook.open(file.path, workflows: [Self.sale], world: .virtual(clock))
    }

    private func place(_ book: OrderBook, _ id: OrderID) async throws {
        let data: JSON = [
            "opens_at": .int(noon.advanced(by: .hours(1)).milliseconds),
            "closes_at": .int(noon.advanced(by: .hours(2)).milliseconds),
        ]
        try await book.submit(OrderCommand("place", of: id, data: data, workflow: "sale"))
    }

    @Test(arguments: [0, 1, 2])
    func `the window is over for a payment, whichever request comes first`(_ others: Int) async throws {
        let file = try ShopFile()
        let before = try open(file, 0)
        try await place(before, "o-1")
        await before.close()
        let after = try open(file, 3)
        for _ in 0..<others { try await after.submit(OrderCommand("look", of: "o-1")) }
        try await after.submit(OrderCommand("pay", of: "o-1"))
        #expect(try await after.order("o-1")?.states == ["late"])
        let history = try #require(try await after.history(of: "o-1"))
        #expect(history.prefix(3).map(\.type) == ["place", "$timeout", "$timeout"])
        await after.close()
    }

    @Test func `the pre-sale that is shipped keeps the deposit for the first request as for the second`() async throws {
        var ends: [[String]] = []
        for isFirst in [true, false] {
            let file = try ShopFile()
            let start = VirtualClock(start: noon)
            let before = try OrderBook.open(file.path, world: .virtual(start))
            try await before.submit(StockCommand(.receive(1), of: StockKey(sku: "book", location: "hall")))
            let data: JSON = [
                "buyer": "ann", "sku": "book", "at": "hall", "qty": 1, "deposit_cents": 300, "balance_cents": 2_700,
                "opens_at": .int(noon.advanced(by: .days(10)).milliseconds),
                "closes_at": .int(noon.advanced(by: .days(12)).milliseconds),
            ]
            try await before.submit(OrderCommand("place", of: "o-1", data: data, workflow: "pre-sale"))
            try await pay("d", 300, before)
            await before.close()
            let clock = VirtualClock(start: noon.advanced(by: .days(13)))
            let after = try OrderBook.open(file.path, world: .virtual(clock))
            if !isFirst { after.advance(by: Interval(milliseconds: 1)) }
            try await pay("b", 2_700, after)
            let order = try #require(try await after.order("o-1"))
            ends.append([order.status.string, String(decoding: order.context, as: UTF8.self)])
            await after.close()
        }
        #expect(ends[0] == ends[1])
    }

    private func pay(_ payment: String, _ cents: Int64, _ book: OrderBook) async throws {
        let data: JSON = ["payment": .text(payment), "amount_cents": .int(cents)]
        try await book.submit(OrderCommand("pay", of: "o-1", data: data, role: "payments"))
    }

    @Test func `a timeout for a time that has passed is due at that time, before those armed for later ones`()
        async throws
    {
        let book = try OrderBook.inMemory(workflows: [Self.sale], world: .virtual(VirtualClock(start: noon)))
        let data: JSON = ["opens_at": .int(noon.milliseconds - 5_000), "closes_at": .int(noon.milliseconds + 5_000)]
        try await book.submit(OrderCommand("place", of: "o-1", data: data, workflow: "sale"))
        let placed = try #require(try await book.history(of: "o-1")?.first)
        #expect(String(decoding: placed.body, as: UTF8.self).contains("\(noon.milliseconds - 5_000)]"))
        #expect(try await book.order("o-1")?.states == ["window"])
        #expect(try await book.history(of: "o-1")?.map(\.at) == [noon, noon], "fired at once, and not in the past")
    }
}

@Suite struct `Timeouts that are due at the same moment` {
    /// Two clocks in one order; which of them rings first, `first` tells. The names are given.
    private func rings(_ early: String, _ late: String, inOneLine: Bool) -> WorkflowText {
        let clock = { (name: String, letter: String) in
            "\(name): {in: 1h, actions: [{assign: {rung: rung || '\(letter)'}}]}"
        }
        let (first, second) = (clock(early, "a"), clock(late, "b"))
        let clocks =
            inOneLine ? "after: {\(first), \(second)}" : "after:\n          \(first)\n          \(second)"
        return WorkflowText(
            """
            id: rings
            version: 1
            commands: {start: {data: {rung: text}}, look: {}}
            context: {rung: text}
            initial: on
            states:
              on:
                \(clocks)
                on: {look: {actions: []}}
            """, source: "rings.yaml")
    }

    @Test(
        arguments: [("one", "two"), ("two", "one"), ("zz", "aa"), ("a", "zzzzzz")], [true, false])
    func `fire in the order in which the text declares them, whatever they are called`(
        _ names: (String, String), _ inOneLine: Bool
    ) async throws {
        let text = rings(names.0, names.1, inOneLine: inOneLine)
        let book = try OrderBook.inMemory(workflows: [text], world: .virtual(VirtualClock(start: noon)))
        for id in ["x", "y"] as [OrderID] {
            try await book.submit(OrderCommand("start", of: id, data: ["rung": ""], workflow: "rings"))
        }
        book.advance(by: .hours(1))
        for id in ["x", "y"] as [OrderID] {
            await #expect(String(decoding: try #require(try book.order(id)).context, as: UTF8.self).contains("ab"))
        }
        let numbers = try ["x", "y"].map { try #require(try book.history(of: OrderID($0))).map(\.position.number) }
        #expect(numbers == [[1, 3, 4], [2, 5, 6]], "by order number first, then by place")
    }
}
