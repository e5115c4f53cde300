import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `A history that was exported` {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `leads to the same orders and stocks when it is imported`(_ seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        let original = try await lived(seed: seed)
        let path = directory.file("history.jsonl")
        let exported = try export(original, to: path)
        #expect(exported.leftOut.isEmpty)
        #expect(exported.commands > 100)

        let copy = try emptyBook()
        let result = try Import().run(HistoryFile(path, workflow: nil, mode: .strict), into: copy)
        #expect(result.refusedOrders == 0 && result.refusedStock == 0 && result.repeated == 0)
        #expect(try states(of: copy) == states(of: original))
        #expect(try StateDigest.value(of: copy) == StateDigest.value(of: original))
        for (theirs, ours) in try zip(bodies(of: copy), bodies(of: original)) { #expect(theirs == ours) }
    }

    @Test func `changes nothing when it is imported twice, or after an interruption`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("history.jsonl")
        try export(await lived(seed: 5), to: path)
        let whole = try String(contentsOfFile: path, encoding: .utf8)
        let lines = whole.split(separator: "\n")
        let half = try directory.write(lines.prefix(lines.count / 2).joined(separator: "\n"), to: "half.jsonl")

        let copy = try emptyBook()
        let first = try Import().run(HistoryFile(half, workflow: nil, mode: .strict), into: copy)
        let source = try HistoryFile(path, workflow: nil, mode: .strict)
        let second = try Import().run(source, into: copy)
        #expect(second.alreadyThere == first.accepted)
        let states = try states(of: copy)
        let end = copy.engine.lastPosition
        let third = try Import().run(source, into: copy)
        #expect(third.accepted == 0 && third.refused == 0)
        #expect(third.alreadyThere == first.accepted + second.accepted)
        #expect(copy.engine.lastPosition == end)
        #expect(try self.states(of: copy) == states)

        let direct = try emptyBook()
        _ = try Import().run(source, into: direct)
        #expect(try self.states(of: direct) == states)
    }

    @Test func `up to a time leads to the orders of that time`() async throws {
        let directory = try TemporaryDirectory()
        let original = try await lived(seed: 6)
        let middle = try #require(try await original.order("order-1")?.placedAt).advanced(by: .hours(9))
        var settings = Export.Settings()
        settings.upTo = middle
        let path = directory.file("history.jsonl")
        try export(original, to: path, settings)

        let copy = try emptyBook()
        _ = try Import().run(HistoryFile(path, workflow: nil, mode: .strict), into: copy)
        let page = try await copy.orders(limit: 1_000).elements
        #expect(page.count > 2)
        for order in page {
            #expect(try await original.order(order.id, asOf: .time(middle))?.status == order.status, "\(order.id)")
        }
    }

    @Test func `says of a count what was counted, not what it came to`() async throws {
        let directory = try TemporaryDirectory()
        let original = try emptyBook()
        let mug = StockKey(sku: "mug", location: "north")
        try await original.submit(StockCommand(.receive(9), of: mug))
        try await original.submit(StockCommand(.count(7, expected: 9), of: mug, key: "c-1", note: "by Ann"))
        try await original.submit(StockCommand(.count(8, expected: nil), of: mug))
        let path = directory.file("history.jsonl")
        try export(original, to: path)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines[2].contains(#""stock":"count","sku":"mug","location":"north","quantity":7,"expected":9"#))
        #expect(lines[3].contains(#""quantity":8"#) && !lines[3].contains("expected"))

        let copy = try emptyBook()
        _ = try Import().run(HistoryFile(path, workflow: nil, mode: .strict), into: copy)
        #expect(try bodies(of: copy) == bodies(of: original))
        #expect(try await copy.stock(mug) == original.stock(mug))
    }

    @Test func `falls back to the adjustment for a count that an earlier release wrote`() async throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("old.db")
        let mug = StockKey(sku: "mug")
        let book = try OrderBook.open(file, world: .virtual(VirtualClock(start: Shop.opening)))
        try await book.submit(StockCommand(.receive(9), of: mug))
        await book.close()
        let store = try Store.open(file)
        try store.write { transaction in
            var row = try #require(try transaction.stock(mug))
            var event = EventRow(
                position: Position(2), stream: row.number, version: 2, type: "$count", at: Shop.opening,
                semantics: 1, digest: 0, body: Array(#"{"stock":[["adjust","mug","",-2]]}"#.utf8))
            event.digest = event.chained(after: try transaction.journalEnd().digest)
            try transaction.append(event)
            row.version = 2
            row.level = try #require(row.level.applying(Movement(.adjust, mug, -2)))
            try transaction.update(row)
        }
        store.close()
        #expect(try Verify().run(file).findings == [])

        let old = try OrderBook.open(file, workflows: [], world: .virtual(VirtualClock(start: Shop.opening)))
        defer { old.close() }
        let path = directory.file("history.jsonl")
        try export(old, to: path)
        #expect(
            try String(contentsOfFile: path, encoding: .utf8).contains(#""stock":"adjust","sku":"mug","quantity":-2"#))
        let copy = try emptyBook()
        _ = try Import().run(HistoryFile(path, workflow: nil, mode: .strict), into: copy)
        #expect(try await copy.stock(mug) == old.stock(mug))
    }

    @Test func `has units that were moved at their new place, and brings them once`() async throws {
        let directory = try TemporaryDirectory()
        let original = try emptyBook()
        let (north, south) = (StockKey(sku: "mug", location: "north"), StockKey(sku: "mug", location: "south"))
        try await original.submit(StockCommand(.receive(9), of: north))
        try await original.submit(StockCommand(.move(4, to: "south"), of: north, key: "m-1", note: "van"))
        try await original.submit(StockCommand(.move(1, to: "north"), of: south))
        let path = directory.file("history.jsonl")
        try export(original, to: path)
        let copy = try emptyBook()
        for _ in 1...2 { _ = try Import().run(HistoryFile(path, workflow: nil, mode: .strict), into: copy) }
        for key in [north, south] { #expect(try await copy.stock(key) == original.stock(key)) }
        // A file that has the moves has the adjustments that they are exported as.
        _ = try Import().run(HistoryFile(path, workflow: nil, mode: .strict), into: original)
        #expect(try await original.stock(north)?.free == 6)
        #expect(try await original.stock(south)?.free == 3)
    }

    private func emptyBook() throws -> OrderBook {
        try OrderBook.inMemory(world: .virtual(VirtualClock(start: Shop.opening)))
    }

    private func lived(seed: UInt64) async throws -> OrderBook {
        let book = try emptyBook()
        var shoppers = Shoppers(book, seed: seed)
        try await shoppers.live(steps: 600)
        #expect(shoppers.accepted > 150 && shoppers.refused > 50)
        return book
    }

    @discardableResult
    private func export(
        _ book: OrderBook, to path: String, _ settings: Export.Settings = Export.Settings()
    ) throws -> ExportResult {
        var bytes: [UInt8] = []
        let result = try Export(settings: settings).run(book) { bytes += $0 }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return result
    }

    /// Every order's row and every stock's level, as text.
    private func states(of book: OrderBook) throws -> [String] {
        let rows = try book.engine.store.read { rows in try rows.orders(after: StreamNumber(0), limit: 10_000) }.orders
        let stocks = try book.engine.stocks(after: nil, limit: 1_000)
        return rows.map { row in
            let state = String(decoding: row.state, as: UTF8.self)
            return "\(row.id) \(row.version) \(row.status) \(row.placedAt.iso8601) \(state)"
        } + stocks.map { "\($0.key) \($0.level)" }
    }

    /// What every event of the journal says.
    private func bodies(of book: OrderBook) throws -> [String] {
        let events = try book.engine.store.read { rows in
            try rows.events(after: Position(0), upTo: Position(.max), limit: 100_000)
        }
        return events.map { event in
            let body = String(decoding: event.body, as: UTF8.self)
            let cause = event.cause.map { " after \($0.number)" } ?? ""
            return "\(event.position.number) \(event.type) \(event.at.iso8601)\(cause) \(body)"
        }
    }
}
