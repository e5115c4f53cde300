import EngineFixtures
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// A workflow that makes words of data has as many statuses as orders.
@Suite struct `A census of many words` {
    /// As if there were an order in each of so many statuses.
    private func book(statuses: Int) async throws -> OrderBook {
        let book = try await mugBook()
        try await book.submit(place("o-1"))
        let number = try #require(try book.engine.store.read { rows in try rows.order(id: "o-1") }).workflow
        try book.engine.store.write { transaction in
            for word in 1..<statuses {
                try transaction.count(1, as: OrderCountKey(workflow: number, status: Text("word \(word)")))
            }
        }
        return book
    }

    @Test(arguments: [1, 999, 1_000, 1_001, 2_500, 10_000])
    func `has each of them, in pages`(statuses: Int) async throws {
        let census = try await book(statuses: statuses).census()
        #expect(census.counts.count == statuses && !census.hasMore)
        #expect(census.counts.allSatisfy { $0.orders == 1 })
        #expect(Set(census.counts.map(\.status)).count == statuses)
    }

    @Test func `says that there are more than it has`() async throws {
        let census = try await book(statuses: 10_001).census()
        #expect(census.counts.count == 10_000 && census.hasMore)
    }
}
