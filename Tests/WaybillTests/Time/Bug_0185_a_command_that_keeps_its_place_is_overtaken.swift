import EngineFixtures
import Testing
import Waybill
import WaybillCore

@Suite struct `Bug 0185: a command keeps its place, and a timeout that fired meanwhile was short of something else` {
    /// Its timeout is short of boxes.
    private static let shelf = WorkflowText(
        """
        id: shelf
        version: 1
        commands: {start: {data: {buyer: text}}, halt: {}}
        context: {buyer: text}
        initial: waiting
        states:
          waiting:
            after: {31m: packed}
          packed:
            entry: [{reserve: {sku: "'box'", qty: 1}}]
            on: {halt: halted}
          halted: {type: final, entry: [{release: held}]}
        """, source: "shelf.yaml")

    /// What the timeout was short of was kept for the command in place of what the command had asked for: the next
    /// order took that.
    @Test func `an order that came later does not get what it asked for`() async throws {
        let clock = VirtualClock(start: noon)
        let book = try OrderBook.inMemory(workflows: [mugShop, Self.shelf, mill], world: .virtual(clock))
        try await book.submit(StockCommand(.receive(67), of: mug))
        // A round fires these.
        for number in 0..<64 { try await book.submit(place(OrderID("o-\(number)"))) }
        // Then come these, and the mill takes what is left of the write.
        try await book.submit(OrderCommand("start", of: "s", data: ["buyer": "ann"], workflow: "shelf"))
        let turn = noon.advanced(by: .minutes(32)).milliseconds
        try await book.submit(OrderCommand("start", of: "m", data: ["at": .int(turn)], workflow: "mill"))
        book.advance(by: .minutes(3))
        for number in 64..<66 { try await book.submit(place(OrderID("o-\(number)"))) }

        // Time passes while no write has fired what is due.
        clock.move(to: noon.advanced(by: .minutes(45)))
        let all = OrderCommand(
            "place", of: "all", data: ["buyer": "ann", "qty": 67, "price_cents": 1_250], workflow: "mug-shop")
        let answers = book.engine.answers([all, place("later")])
        #expect(answers.map(\.code) == ["accepted", "insufficient_stock"])
        #expect(try await book.history(of: "m")?.count ?? 0 > 900, "the mill did not turn")
        await book.close()
    }
}
