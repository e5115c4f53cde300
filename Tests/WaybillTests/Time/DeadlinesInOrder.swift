import EngineFixtures
import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillEngine

/// Calls of many orders with one deadline: they are asked for in another order than that of the orders.
@Suite struct `Deadlines of calls at one moment` {
    private static let desk = WorkflowText(
        """
        id: desk
        version: 1
        commands: {open: {}, ask: {}, answered: {by: bank, data: {}}, declined: {by: bank, data: {}}}
        initial: on
        states:
          on:
            on:
              ask:
                actions:
                  - call: {topic: bank, data: {}, ok: answered, failed: declined, expired: silent, within: 1h}
                  - call: {topic: bank, data: {}, ok: answered, failed: declined, expired: silent_too, within: 1h}
              answered: {actions: []}
              declined: {actions: []}
              silent: {actions: []}
              silent_too: {actions: []}
        """, source: "desk.yaml")

    private func open(_ file: ShopFile, hours: Int64) throws -> OrderBook {
        let clock = VirtualClock(start: noon.advanced(by: .hours(hours)))
        return try OrderBook.open(file.path, workflows: [Self.desk], world: .virtual(clock))
    }

    /// A file whose orders have asked in one write, the last one first.
    private func file(_ count: Int) throws -> ShopFile {
        let file = try ShopFile()
        let book = try open(file, hours: 0)
        let ids = (0..<count).map { OrderID("d-\($0)") }
        let opened = book.engine.answers(ids.map { OrderCommand("open", of: $0, workflow: "desk") })
        let asked = book.engine.answers(ids.reversed().map { OrderCommand("ask", of: $0) })
        #expect((opened + asked).filter { !$0.isAccepted } == [])
        book.close()
        return file
    }

    /// The number of the order of each call that expired, in the order in which that happened.
    private func expired(in book: OrderBook) throws -> [Int64] {
        let rows = try book.engine.store.read { rows in
            try rows.events(after: Position(0), upTo: book.engine.lastPosition, limit: 10_000)
        }
        return rows.filter { $0.type == "$expired" }.map(\.stream.number)
    }

    @Test(arguments: [30, 64, 200])
    func `fire by the number of the order, however many there are`(_ count: Int) throws {
        let book = try open(file(count), hours: 2)
        book.advance(by: Interval(milliseconds: 0))
        let orders = try expired(in: book)
        #expect(orders.count == 2 * count)
        #expect(orders == orders.sorted())
        book.close()
    }

    @Test func `do not fire while timeouts are held`() async throws {
        let file = try file(3)
        var settings = OrderBook.Settings()
        settings.holdsTimeouts = "the bank is down"
        let clock = ShopClock(noon.advanced(by: .hours(2)))
        let book = try OrderBook.open(file.path, workflows: [Self.desk], world: clock.world, settings: settings)
        #expect(book.engine.answers([OrderCommand("answered", of: "d-1", key: "d-1#1")]).map(\.code) == ["accepted"])
        #expect(try expired(in: book).isEmpty)
        try await book.releaseTimeouts()
        book.engine.writeWithoutRequests()
        #expect(try expired(in: book) == [1, 1, 2, 3, 3])
        await book.close()
    }
}
