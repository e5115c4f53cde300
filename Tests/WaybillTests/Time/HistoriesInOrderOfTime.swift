import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillEngine

/// A history whose time is not that of the file: only its own orders go by it.
@Suite struct `While a history comes in` {
    /// Two clocks that ring at one moment, called against the order in which they are declared; then a unit is asked
    /// for by two timeouts whose time has passed.
    private static let rings = WorkflowText(
        """
        id: rings
        version: 1
        commands: {start: {data: {rung: text, past: time}}}
        context: {rung: text, past: time}
        initial: on
        on: {taken: {actions: [{assign: {rung: rung || 'taken'}}]}, short: {actions: [{assign: {rung: rung || 's'}}]}}
        states:
          on:
            type: parallel
            states:
              left:
                initial: first
                states:
                  first:
                    after:
                      zz: {in: 1h, actions: [{assign: {rung: rung || 'a'}}]}
                      aa: {in: 1h, target: second, actions: [{assign: {rung: rung || 'b'}}]}
                  second:
                    after: {asks: {at: past, actions: [{assign: {rung: rung || 'c'}}]}}
              right:
                initial: first
                states:
                  first:
                    after:
                      asks_too:
                        in: 1h
                        actions: [{reserve: {sku: "'mug'", qty: 1, then: {raise: taken}, else: {raise: short}}}]
        """, source: "rings.yaml")

    private func start(_ id: OrderID) -> Asked<Command> {
        let data: JSON = ["rung": "", "past": .int(noon.milliseconds)]
        return Asked(OrderCommand("start", of: id, data: data, workflow: "rings").command)
    }

    private func rung(_ id: OrderID, in book: OrderBook) throws -> String {
        struct Contents: Decodable { let rung: String }
        return try JSONDecoder().decode(Contents.self, from: Data(try #require(try book.order(id)).context)).rung
    }

    @Test(arguments: [1, 400])
    func `timeouts of one moment fire by order number, then by place, and free nothing of others`(
        _ count: Int
    ) async throws {
        let clock = VirtualClock(start: noon)
        let book = try OrderBook.inMemory(workflows: [Self.rings, mugShop], world: .virtual(clock))
        try await book.submit(StockCommand(.receive(1), of: mug))
        try await book.submit(place("other"))
        let time = HistoryTime.ofItsOrders { $0.text.string.hasPrefix("r-") }
        let ids = (0..<count).map { OrderID("r-\($0)") }
        let asked = ids.map { start($0) }
        book.engine.perform(asked.map { ($0, noon) }, as: time)
        #expect(asked.count { $0.reply != nil } == count)
        book.engine.pass(to: noon.advanced(by: .hours(2)), as: time)
        // The second state's timeout is due before those of the moment at which it was armed.
        for id in ids { #expect(try rung(id, in: book) == "abcs") }
        #expect(try await book.order("other")?.status == "awaiting payment", "its time has not come")
        let fired = try book.engine.store.read { rows in
            try rows.events(after: Position(0), upTo: book.engine.lastPosition, limit: 9 * count + 9)
        }
        .filter { $0.type == "$timeout" }.map(\.stream.number)
        #expect(fired == fired.sorted() && fired.count == 4 * count)
        await book.close()
    }

    @Test func `nothing of it fires while the file holds timeouts`() async throws {
        let book = try OrderBook.inMemory(workflows: [Self.rings], world: .virtual(VirtualClock(start: noon)))
        try await book.holdTimeouts(because: "a restore")
        let time = HistoryTime.ofItsOrders { $0 == "r-1" }
        book.engine.perform([(start("r-1"), noon)], as: time)
        book.engine.pass(to: noon.advanced(by: .hours(2)), as: time)
        #expect(try rung("r-1", in: book) == "")
        try await book.releaseTimeouts()
        book.engine.pass(to: noon.advanced(by: .hours(2)), as: time)
        #expect(try rung("r-1", in: book) == "abcs")
        await book.close()
    }
}
