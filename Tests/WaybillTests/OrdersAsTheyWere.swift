import EngineFixtures
import Testing
import Waybill
import WaybillCore

/// Lists and refusals of the past: what there was then, not what there is now.
@Suite struct `A list of orders as they were` {
    /// Five orders, a minute apart; the second is paid after three minutes, the rest lapse.
    private func lived() async throws -> OrderBook {
        let book = try await mugBook(stock: 100)
        for number in 1...5 {
            try await book.submit(place(OrderID("o-\(number)")))
            book.advance(by: .minutes(1))
            if number == 3 { try await book.submit(pay("o-2")) }
        }
        book.advance(by: .hours(2))
        return book
    }

    /// The ids and states of all pages.
    private func list(
        _ book: OrderBook, _ moment: AsOf, _ filter: OrderFilter = OrderFilter(), limit: Int = 2
    ) throws -> [String] {
        var found: [String] = []
        var token: PageToken?
        repeat {
            let page = try book.orders(filter, asOf: moment, after: token, limit: limit)
            #expect(page.elements.count <= limit)
            found += page.elements.map { "\($0.id) \($0.status)" }
            token = page.next
        } while token != nil
        return found
    }

    @Test func `has the orders of that time with the status of that time`() async throws {
        let book = try await lived()
        let then = AsOf.time(noon.advanced(by: .seconds(150)))
        #expect(try list(book, then) == ["o-1 awaiting payment", "o-2 awaiting payment", "o-3 awaiting payment"])
        let paid = AsOf.time(noon.advanced(by: .minutes(3)))
        #expect(try list(book, paid).contains { $0.hasPrefix("o-2 ") && $0 != "o-2 awaiting payment" })
        #expect(try list(book, .time(noon.advanced(by: .minutes(-1)))) == [])
        #expect(try list(book, .time(noon.advanced(by: .days(9)))) == list(book, .now))
    }

    @Test func `with the newest first is the same list, backwards`() async throws {
        let book = try await lived()
        let second = try #require(try await book.history(of: "o-2")?[1].position)
        let moments: [AsOf] = [.now, .time(noon.advanced(by: .seconds(150))), .event(second)]
        let filters = [
            OrderFilter(), OrderFilter(status: "awaiting payment"), OrderFilter(status: "closed"),
            OrderFilter(workflow: "mug-shop", attributes: [.init("buyer", "ann")]),
        ]
        for moment in moments {
            for filter in filters {
                var newest = filter
                newest.sequence = .newestFirst
                #expect(try list(book, moment, newest) == list(book, moment, filter).reversed())
            }
        }
        #expect(try list(book, .now, OrderFilter(sequence: .newestFirst)).first?.hasPrefix("o-5 ") == true)
    }

    @Test func `goes by events as exactly as by time`() async throws {
        let book = try await lived()
        let first = try #require(try await book.history(of: "o-2")?.first?.position)
        #expect(try list(book, .event(first)) == ["o-1 awaiting payment", "o-2 awaiting payment"])
        let second = try #require(try await book.history(of: "o-2")?[1].position)
        let before = try list(book, .event(Position(second.number - 1)))
        let after = try list(book, .event(second))
        #expect(before.count == 3 && after.count == 3)
        #expect(before[1] != after[1])
        #expect(before[0] == after[0] && before[2] == after[2])
    }

    @Test func `is filtered by what orders were then, not by what they are`() async throws {
        let book = try await lived()
        let waiting = OrderFilter(status: "awaiting payment")
        #expect(try list(book, .now, waiting) == [])
        #expect(try list(book, .time(noon.advanced(by: .seconds(150))), waiting).count == 3)
        #expect(
            try list(book, .time(noon.advanced(by: .seconds(150))), OrderFilter(workflow: "flash-sale")) == [])
    }

    @Test func `agrees order by order with each order as it was`() async throws {
        let book = try await lived()
        for seconds in stride(from: Int64(0), through: 7_300, by: 97) {
            let moment = AsOf.time(noon.advanced(by: .seconds(seconds)))
            let one = try (1...5).compactMap { try book.order(OrderID("o-\($0)"), asOf: moment) }
            var all: [OrderView] = []
            var token: PageToken?
            repeat {
                let page = try await book.orders(asOf: moment, after: token, limit: 3)
                all += page.elements
                token = page.next
            } while token != nil
            #expect(all == one)
        }
    }

    @Test func `goes with the refusals up to then`() async throws {
        let book = try await mugBook(stock: 10)
        _ = await book.answer(to: pay("o-1"))
        book.advance(by: .minutes(1))
        let placed = try await book.submit(place("o-1"))
        book.advance(by: .minutes(1))
        _ = await book.answer(to: pay("o-1", cents: 1))
        _ = await book.answer(to: OrderCommand("ship", of: "o-1"))
        let event = try #require(try await book.history(of: "o-1")?.first?.position)
        #expect(placed.version == 1)
        #expect(try await book.refusals(of: "o-1").count >= 2)
        #expect(try await book.refusals(of: "o-1", asOf: .event(event)).map(\.code) == ["unknown_order"])
        #expect(try await book.refusals(of: "o-1", asOf: .time(noon)).map(\.code) == ["unknown_order"])
        #expect(try await book.refusals(of: "o-1", asOf: .time(noon.advanced(by: .seconds(-1)))).isEmpty)
        #expect(try await book.refusals(of: "o-1", asOf: .event(Position(99))) == book.refusals(of: "o-1"))
        #expect(try await book.refusals(of: "o-1", asOf: .event(Position(0))).isEmpty)
    }
}
