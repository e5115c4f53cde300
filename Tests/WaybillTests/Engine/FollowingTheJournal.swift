import EngineFixtures
import Testing
import Waybill
import WaybillCore
import WaybillEngine

@Suite struct `A loop over events` {
    private let file: ShopFile

    init() throws { file = try ShopFile() }

    /// A book of the real world, whose writer has a thread.
    private func living() throws -> OrderBook { try OrderBook.open(file.path, workflows: [mugShop]) }

    /// Loops anew after each few events, from where it was, until it has come to a position.
    private static func follow(
        _ book: OrderBook, to end: Position, endingEvery count: Int
    ) async throws -> [OrderBook.JournalEvent] {
        var found: [OrderBook.JournalEvent] = []
        while found.last?.position != end {
            let start = found.count
            for try await event in book.events(after: found.last?.position ?? Position(0)) {
                found.append(event)
                if event.position == end || found.count - start == count { break }
            }
        }
        return found
    }

    @Test(.timeLimit(.minutes(1)))
    func `has each event once and in order while others write, also when it begins anew again and again`()
        async throws
    {
        let book = try living()
        try await book.submit(StockCommand(.receive(1_000), of: mug))
        let orders = 120
        let end = Position(book.vitals.lastPosition.number + Int64(2 * orders))
        let loops = [1, 3, 1_000].map { count in
            Task { try await Self.follow(book, to: end, endingEvery: count) }
        }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<orders {
                group.addTask {
                    let id = OrderID("o-\(number)")
                    #expect(await book.answer(to: place(id)).isAccepted)
                    #expect(await book.answer(to: pay(id)).isAccepted)
                }
            }
        }
        let truth = try book.journal(following: Position(0), limit: 1_000)
        #expect(truth.count == Int(end.number))
        for loop in loops { #expect(try await loop.value == truth) }
        await book.close()
    }

    @Test(.timeLimit(.minutes(1)))
    func `is woken by the commit in a world where nothing else happens`() async throws {
        let book = try file.open()
        try await book.submit(StockCommand(.receive(9), of: mug))
        let loop = Task {
            for try await event in book.events() { return Optional(event) }
            return nil
        }
        while book.engine.feed.followerCount == 0 { await Task.yield() }
        for _ in 1...100 { await Task.yield() }
        let placed = try await book.submit(place("o-1"))
        let event = try #require(try await loop.value)
        #expect(event.position == placed.position && event.type == "place" && event.at == noon)
        while book.engine.feed.followerCount > 0 { await Task.yield() }
    }

    @Test(.timeLimit(.minutes(1)))
    func `tells of orders, of stock, and of what operators did`() async throws {
        let book = try file.open()
        try await book.submit(StockCommand(.receive(9), of: mug, note: "delivery 1"))
        try await book.submit(place("o-1", qty: 2))
        try await book.holdTimeouts(because: "payments are down", by: "eva")
        var found: [OrderBook.JournalEvent] = []
        for try await event in book.events(after: Position(0)) {
            found.append(event)
            if found.count == 3 { break }
        }
        guard case .stock(let stock) = found[0], case .order(let order) = found[1], case .audit(let act) = found[2]
        else {
            Issue.record("\(found)")
            return
        }
        #expect(stock.stock == mug && stock.quantity == 9 && stock.note == "delivery 1" && stock.type == "$receive")
        #expect(order.order == "o-1" && order.stock.map(\.quantity) == [2])
        #expect(act.type == "$hold" && act.caller == "eva")
    }

    @Test(.timeLimit(.minutes(1)))
    func `over one order has its events only, and ends when nothing more can come`() async throws {
        let book = try file.open()
        try await book.submit(StockCommand(.receive(9), of: mug))
        let placed = try await book.submit(place("o-1"))
        try await book.submit(place("o-2"))
        let loop = Task {
            var found: [EventDetail] = []
            for try await event in book.events(of: "o-1") { found.append(event) }
            return found
        }
        while book.engine.feed.followerCount == 0 { await Task.yield() }
        try await book.submit(pay("o-2"))
        try await book.submit(pay("o-1"))
        #expect(try await loop.value == (try await book.details(of: "o-1")))
        var later: [Int64] = []
        for try await event in book.events(of: "o-1", after: placed.position) { later.append(event.version) }
        #expect(later == [2])
        for try await event in book.events(of: "o-9") { Issue.record("\(event)") }
        while book.engine.feed.followerCount > 0 { await Task.yield() }
    }

    @Test(.timeLimit(.minutes(1)))
    func `ends when its task is cancelled, and when the book is closed`() async throws {
        let book = try living()
        try await book.submit(StockCommand(.receive(9), of: mug))
        try await book.submit(place("o-1"))
        let loops = (1...2).map { _ in
            Task {
                var count = 0
                for try await _ in book.events(after: Position(0)) { count += 1 }
                for try await _ in book.events(of: "o-1") { count += 1 }
                return count
            }
        }
        let ofOrder = Task {
            var count = 0
            for try await _ in book.events(of: "o-1") { count += 1 }
            return count
        }
        while book.engine.feed.followerCount < 3 { await Task.yield() }
        loops[0].cancel()
        _ = try await loops[0].value
        await book.close()
        _ = try await loops[1].value
        _ = try await ofOrder.value
    }

    @Test(.timeLimit(.minutes(1)))
    func `keeps what it read to itself, so that a slow one makes no other wait`() async throws {
        let book = try living()
        try await book.submit(StockCommand(.receive(1_000), of: mug))
        var slow = book.events(after: Position(0)).makeAsyncIterator()
        #expect(try await slow.next()?.type == "$receive")
        for number in 0..<150 { #expect(await book.answer(to: place(OrderID("o-\(number)"))).isAccepted) }
        let end = book.vitals.lastPosition
        #expect(try await Self.follow(book, to: end, endingEvery: 1_000).count == Int(end.number))
        var count = 1
        while count < Int(end.number), try await slow.next() != nil { count += 1 }
        #expect(count == Int(end.number))
        await book.close()
    }

    /// The example of the documentation.
    private struct Index {
        private(set) var types: [EventName] = []
        mutating func update(_ event: OrderBook.JournalEvent) async throws { types.append(event.type) }
    }

    @Test(.timeLimit(.minutes(1)))
    func `goes as the documentation shows it`() async throws {
        let book = try living()
        try await book.submit(StockCommand(.receive(9), of: mug))
        try await book.submit(place("o-1"))
        let task = Task {
            var index = Index()
            var last = OrderBook.Position(0)
            for try await event in book.events(after: last) {
                try await index.update(event)
                last = event.position
            }
            return (index.types, last)
        }
        while book.engine.feed.followerCount == 0 { await Task.yield() }
        task.cancel()
        let (types, last) = try await task.value
        #expect(types.count == Int(last.number))
        await book.close()
    }
}
