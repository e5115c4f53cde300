import Testing
import Waybill

@Suite struct `A limit that one command uses twice` {
    /// Two questions of one command about a stock that is made on first use.
    private let club = WorkflowText(
        """
        id: club
        version: 1
        commands: {join: {data: {buyer: text, seats: count}}, leave: {}}
        context: {buyer: text, seats: count}
        initial: in
        entry:
          - reserve: {sku: "'seats'", at: buyer, qty: seats, of: 3}
          - reserve: {sku: "'seats'", at: buyer, qty: 1, of: 3}
        states:
          in: {on: {leave: {target: out, actions: [{release: held}]}}}
          out: {type: final}
        """)

    private func join(_ order: OrderID, seats: Int64) -> OrderCommand {
        OrderCommand("join", of: order, data: ["buyer": "ann", "seats": .int(seats)], workflow: "club")
    }

    @Test func `is opened once and counts both`() async throws {
        let book = try OrderBook.inMemory(workflows: [club])
        let seats = StockKey(sku: "seats", location: "ann")
        #expect(
            await book.answer(to: join("o-1", seats: 3))
                == .refused(.insufficientStock("seats", "ann", asked: 1, free: 0, .init(.limit(3)))))
        #expect(try await book.stock(seats) == nil)
        try await book.submit(join("o-2", seats: 1))
        let level = try #require(try await book.stock(seats))
        #expect((level.received, level.reserved, level.free) == (3, 2, 1))
        #expect(
            await book.answer(to: join("o-3", seats: 1))
                == .refused(.insufficientStock("seats", "ann", asked: 1, free: 0, .init(.limit(3)))))
        try await book.submit(OrderCommand("leave", of: "o-2"))
        #expect(try await book.stock(seats)?.free == 3)
    }
}
