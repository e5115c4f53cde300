import Testing
import Waybill

/// The lists of stocks, pending timeouts and dead letters that a program reads page by page.
@Suite struct `A list in pages` {
    private static let mug = StockKey(sku: "mug")
    private static let mugEast = StockKey(sku: "mug", location: "east")
    private static let mugXL = StockKey(sku: "mug-xl")

    private func shop() async throws -> OrderBook {
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: noon)))
        for (key, count) in [
            (Self.mugXL, 1), (StockKey(sku: "vase"), 7), (Self.mugEast, 10), (StockKey(sku: "lamp"), 5), (Self.mug, 3),
        ] as [(StockKey, Int64)] {
            try await book.submit(StockCommand(.receive(count), of: key))
        }
        return book
    }

    /// All pages of a list, each asked for with the token of the one before it, as text.
    private func pages<Element>(
        _ page: (PageToken?) async throws -> OrderBook.Page<Element>
    ) async throws -> [[Element]] {
        var pages: [[Element]] = []
        var token: PageToken?
        repeat {
            let next = try await page(token)
            pages.append(next.elements)
            token = try next.next.map { try #require(PageToken(text: $0.text)) }
        } while token != nil && pages.count < 20
        return pages
    }

    @Test func `of stocks goes by SKU and location, and keeps to its filter`() async throws {
        let book = try await shop()
        let all = try await pages { try await book.stocks(after: $0, limit: 2) }
        #expect(
            all.map { $0.map(\.key) } == [
                [StockKey(sku: "lamp"), Self.mug], [Self.mugEast, Self.mugXL], [StockKey(sku: "vase")],
            ])
        #expect(all.joined().map(\.level.free) == [5, 3, 10, 1, 7])
        let mugs = try await pages { try await book.stocks(StockFilter(prefix: "mug"), after: $0, limit: 1) }
        #expect(mugs.joined().map(\.key) == [Self.mug, Self.mugEast, Self.mugXL])
        let short = StockFilter(prefix: "mug", shortOf: 4)
        let few = try await pages { try await book.stocks(short, after: $0, limit: 1) }
        #expect(few.joined().map(\.level.free) == [3, 1])
        #expect(try await book.stocks(StockFilter(prefix: "mugs")).elements.isEmpty)
    }

    @Test func `is not gone on with by the token of another one`() async throws {
        let book = try await shop()
        let token = try #require(try await book.stocks(limit: 1).next)
        #expect(PageToken(text: token.text) == token)
        func isRefused(_ list: () async throws -> Void) async -> Bool {
            do {
                try await list()
                return false
            } catch ListFailure.refused(let refusal) {
                return refusal == .badCursor
            } catch {
                return false
            }
        }
        #expect(await isRefused { _ = try await book.stocks(StockFilter(prefix: "mug"), after: token) })
        #expect(await isRefused { _ = try await book.timeouts(after: token) })
        #expect(await isRefused { _ = try await book.orders(after: token) })
        for text in ["p-0-0-", "p-0-0-zz", "p-0-0-6", "p-0-0-ff", "p-0-0-6D", "p-0-0-6d.", "p-0-0"] {
            guard let forged = PageToken(text: text) else { continue }
            #expect(await isRefused { _ = try await book.stocks(after: forged) }, "\(text)")
        }
    }

    @Test func `of timeouts goes by due time, and says how each is`() async throws {
        var settings = OrderBook.Settings()
        settings.holdsTimeouts = "a look before they fire"
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: noon)), settings: settings)
        try await book.submit(StockCommand(.receive(9), of: Self.mug))
        for number in 1...3 {
            let data: OrderBook.JSON = [
                "buyer": .text("ann-\(number)"), "sku": "mug", "at": "", "price_cents": 900, "limit": 2,
            ]
            try await book.submit(
                OrderCommand("place", of: OrderID("o-\(number)"), data: data, workflow: "flash-sale"))
            book.advance(by: .minutes(5))
        }
        book.advance(by: .minutes(1))
        let all = try await pages { try await book.timeouts(after: $0, limit: 2) }
        #expect(all.map { $0.map(\.order) } == [["o-1", "o-2"], ["o-3"]])
        #expect(all.joined().map(\.state) == [.overdue, .waiting, .waiting])
        #expect(all.joined().allSatisfy { $0.name == "unpaid.after.15m" && $0.status == "awaiting payment" })
        func orders(_ filter: PendingTimeoutFilter) async throws -> [OrderID] {
            try await pages { try await book.timeouts(filter, after: $0, limit: 1) }.joined().map(\.order)
        }
        let due = noon.advanced(by: .minutes(20))
        #expect(try await orders(PendingTimeoutFilter(dueFrom: due)) == ["o-2", "o-3"])
        #expect(try await orders(PendingTimeoutFilter(dueTo: due)) == ["o-1", "o-2"])
        #expect(try await orders(PendingTimeoutFilter(state: .overdue)) == ["o-1"])
        #expect(try await orders(PendingTimeoutFilter(state: .waiting)) == ["o-2", "o-3"])
        #expect(try await orders(PendingTimeoutFilter(name: "another")) == [])
        #expect(try await orders(PendingTimeoutFilter(state: .parked)) == [])
    }

    @Test func `of timeouts that were refused says why, and when they come again`() async throws {
        let stuck = WorkflowText(
            """
            id: stuck
            version: 1
            commands: {place: {}}
            context: {may: count, tries: count}
            invariants: [may >= tries]
            initial: open
            states:
              open: {after: {try_it: {in: 10m, target: closed, actions: [{assign: {tries: '+ 1'}}]}}}
              closed: {type: final}
            """)
        let book = try OrderBook.inMemory(workflows: [stuck], world: .virtual(VirtualClock(start: noon)))
        try await book.submit(OrderCommand("place", of: "never", workflow: "stuck"))
        book.advance(by: .minutes(10))
        let retrying = try #require(
            try await book.timeouts(PendingTimeoutFilter(state: .retrying)).elements.first)
        #expect(retrying.order == "never" && retrying.name == "try_it" && retrying.attempts == 1)
        #expect(retrying.retryAt == book.now.advanced(by: .seconds(1)))
        #expect(retrying.error == "it would break the rule: may >= tries (0 >= 1 is false)")
        #expect(try await book.timeouts(PendingTimeoutFilter(state: .parked)).elements.isEmpty)
        book.advance(by: .days(2))
        let parked = try #require(try await book.timeouts(PendingTimeoutFilter(state: .parked)).elements.first)
        #expect(parked.attempts == 16 && parked.retryAt == nil && parked.state == .parked)
        #expect(try await book.timeouts(PendingTimeoutFilter(state: .retrying)).elements.isEmpty)
    }

    @Test func `of dead letters goes by when they died, and one is shown with its message`() async throws {
        let messages = try await bookWithTopics().messages
        try await messages.createGroup("shipping")
        try await messages.createGroup("idle")
        for number in 1...3 {
            try await messages.send(NewMessage(to: "normal", body: [UInt8(number)], id: MessageID("m-\(number)")))
            for delivery in try await messages.receive("shipping", Subscription("normal")) {
                try await messages.deadLetter(delivery, because: "no address \(number)")
            }
        }
        let all = try await pages { try await messages.deadLetters(of: "shipping", after: $0, limit: 2) }
        #expect(all.joined().map(\.id) == ["m-1", "m-2", "m-3"])
        #expect(all.first?.count == 2)
        let shown = try await messages.deadLetters(of: "shipping", id: "m-2")
        #expect(shown.map(\.letter.reason) == ["no address 2"] && shown.map(\.message.body) == [[2]])
        #expect(try await messages.deadLetters(of: "shipping", id: "m-9").isEmpty)
        let token = try #require(try await messages.deadLetters(of: "shipping", after: nil, limit: 1).next)
        await #expect(throws: MessageRefusal.badCursor) {
            try await messages.deadLetters(of: "idle", after: token)
        }
        await #expect(throws: MessageRefusal.unknownGroup("none")) {
            try await messages.deadLetters(of: "none", after: nil)
        }
        await #expect(throws: MessageRefusal.unknownGroup("none")) {
            try await messages.deadLetters(of: "none", id: "m-1")
        }
    }

    /// By the event in its id only the message that the order has sent was found, not its copies among dead letters.
    @Test func `of dead letters finds by its id what an order has sent`() async throws {
        let clock = VirtualClock(start: noon)
        let book = try OrderBook.inMemory(workflows: [mugShop], world: .virtual(clock))
        let messages = book.messages
        try await book.submit(StockCommand(.receive(5), of: Self.mug))
        try await messages.createGroup("shipping")
        let all = Subscription("orders")
        #expect(try await messages.receive("shipping", all).isEmpty)
        for id in ["o-1", "o-2"] as [OrderID] { try await book.submit(place(id)) }
        let sent = try await messages.receive("shipping", all)
        #expect(sent.count == 2)
        for delivery in sent { try await messages.deadLetter(delivery, because: "no address") }
        for delivery in sent {
            let found = try await messages.deadLetters(of: "shipping", id: delivery.id)
            #expect(found.map(\.letter.id) == [delivery.id] && found.map(\.message.body) == [delivery.body])
            #expect(try await messages.trace(id: delivery.id).map(\.groups) == [["shipping": .dead]])
        }
        #expect(try await messages.redrive("shipping", ids: [sent[1].id]) == 1)
        #expect(try await messages.receive("shipping", all).map(\.id) == [sent[1].id])
        try await messages.deleteDeadLetter(sent[0].id, of: "shipping")
        #expect(try await messages.deadLetters(of: "shipping", id: sent[0].id).isEmpty)
        let many = (0...1_000).map { MessageID("m-\($0)") }
        await #expect(throws: MessageRefusal.limit("dead letters that are given back at once", max: 1_000)) {
            try await messages.redrive("shipping", ids: many)
        }
    }
}
