import Testing
import Waybill
import WaybillCore
import WaybillTimeouts

/// A thousand caches of prices in one broadcast group: each gets every change, and is right at the end.
@Suite struct `Price caches of a broadcast group` {
    private static let caches = 1_000
    private static let changes = 10_000
    /// The source sends its changes in lists, as shops do.
    private static let changesPerList = 100
    private static let items = 500

    /// A cache, by the name of its client.
    private struct Cache {
        let client: Text
        var prices: [String: Int64] = [:]

        /// Takes everything that is there.
        mutating func readOn(_ messages: Messages) async throws {
            while true {
                let lists = try await messages.receive(
                    "prices", Subscription("price"), Messages.ReceiveOptions(client: client, max: 100))
                guard !lists.isEmpty else { return }
                for list in lists {
                    for change in try JSON(reading: list.body).elements ?? [] {
                        guard let item = change.elements?.first?.asText else { continue }
                        prices[item] = change.elements?.last?.asInt
                    }
                }
            }
        }
    }

    @Test func `equal the source after ten thousand changes, one that was restarted too`() async throws {
        let book = try OrderBook.inMemory(workflows: [], world: .virtual(VirtualClock(start: noon)))
        let messages = book.messages
        try await messages.createTopic("price")
        try await messages.createGroup("prices", GroupSettings(isBroadcast: true))
        var caches = (0..<Self.caches).map { Cache(client: Text("cache-\($0)")) }
        // The first look says that a cache is there: a broadcast begins at the newest.
        for index in caches.indices { try await caches[index].readOn(messages) }

        var source: [String: Int64] = [:]
        var generator = SeededGenerator(seed: 7)
        for list in 0..<Self.changes / Self.changesPerList {
            let changes: [JSON] = (0..<Self.changesPerList).map { change in
                let item = "item-\(Int.random(in: 0..<Self.items, using: &generator))"
                let price = Int64(list * Self.changesPerList + change)
                source[item] = price
                return [.text(item), .int(price)]
            }
            try await messages.send(NewMessage(to: "price", body: JSON.array(changes).bytes))
            // One cache in a hundred keeps up; the others are slow, and read in the end.
            for index in stride(from: 0, to: Self.caches, by: 100) { try await caches[index].readOn(messages) }
            guard list == 50 else { continue }
            // One is restarted: it has lost what it knew, is told the prices as they are, and goes on from there.
            caches[1] = Cache(client: "cache-1-again")
            try await caches[1].readOn(messages)
            caches[1].prices = source
        }
        for index in caches.indices { try await caches[index].readOn(messages) }
        let wrong = caches.filter { $0.prices != source }.map(\.client)
        #expect(wrong == [])
        #expect(try await messages.retention(of: "price")?.claims.isEmpty == true)
    }
}
