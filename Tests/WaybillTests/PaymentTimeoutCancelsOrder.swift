import EngineFixtures
import Fixtures
import Testing
import Waybill
import WaybillCore
import WaybillTimeouts

/// A small shop: one mug an order, thirty minutes to pay.
let mugShop = WorkflowText(MugShop.text, source: "mug-shop.yaml")
let mug = StockKey(sku: "mug")
let noon = Moment(milliseconds: MugShop.openingMilliseconds)

func mugBook(stock: Int64 = 10) async throws -> OrderBook {
    let book = try OrderBook.inMemory(workflows: [mugShop], world: .virtual(VirtualClock(start: noon)))
    try await book.submit(StockCommand(.receive(stock), of: mug))
    return book
}

func place(_ id: OrderID, qty: Int64 = 1, key: Text? = nil) -> OrderCommand {
    OrderCommand(
        "place", of: id, data: ["buyer": "ann", "qty": .int(qty), "price_cents": 1_250], workflow: "mug-shop", key: key)
}

func pay(_ id: OrderID, _ payment: String = "p-1", cents: Int64 = 1_250) -> OrderCommand {
    OrderCommand("pay", of: id, data: ["payment": .text(payment), "amount_cents": .int(cents)])
}

@Suite struct `A payment timeout` {
    @Test func `closes an unpaid order and gives its stock back`() async throws {
        let book = try await mugBook()
        try await book.submit(place("o-1", qty: 3))
        #expect(try await book.stock(mug)?.free == 7)

        book.advance(by: Interval(milliseconds: 30 * 60_000 - 1))
        #expect(try await book.order("o-1")?.status == "awaiting payment")

        book.advance(by: Interval(milliseconds: 1))
        #expect(try await book.order("o-1")?.status == "closed")
        #expect(try await book.stock(mug)?.free == 10)
        #expect(try await book.history(of: "o-1")?.map(\.type) == ["place", "$timeout"])
        #expect(try await book.history(of: "o-1")?.last?.at == noon.advanced(by: .minutes(30)))
    }

    @Test func `does not fire for an order that was paid in time`() async throws {
        let book = try await mugBook()
        try await book.submit(place("o-1"))
        try await book.submit(pay("o-1"))
        book.advance(by: .days(1))
        #expect(try await book.order("o-1")?.status == "paid")
        #expect(try await book.order("o-1")?.timeouts == [])
        #expect(try await book.stock(mug)?.sold == 1)
        #expect(try await book.history(of: "o-1")?.count == 2)
    }

    @Test func `fires later when it was extended`() async throws {
        let book = try await mugBook()
        try await book.submit(place("o-1"))
        try await book.extendTimeout("unpaid.after.30m", of: "o-1", by: .minutes(15))
        book.advance(by: .minutes(44))
        #expect(try await book.order("o-1")?.status == "awaiting payment")
        book.advance(by: .minutes(1))
        #expect(try await book.order("o-1")?.status == "closed")
    }
}

@Suite struct `A refused command` {
    @Test func `changes nothing and says why`() async throws {
        let book = try await mugBook(stock: 2)
        let answer = await book.answer(to: place("o-1", qty: 3))
        #expect(answer == .refused(.insufficientStock("mug", "", asked: 3, free: 2)))
        #expect(try await book.order("o-1") == nil)
        #expect(try await book.stock(mug)?.free == 2)

        try await book.submit(place("o-2"))
        let short = await book.answer(to: pay("o-2", cents: 100))
        guard case .refused(.notPossible("pay", "awaiting payment", ["unpaid"], let guards)) = short else {
            Issue.record("\(short)")
            return
        }
        #expect(guards.map(\.text) == ["event.amount_cents >= qty * price_cents"])
        #expect(guards.first?.parts.map(\.finding) == ["100 >= 1 * 1250 is false"])
        #expect(try await book.refusals(of: "o-2").map(\.code) == ["not_possible"])
    }
}

@Suite struct `A command with a key` {
    @Test func `is done once and answered the same`() async throws {
        let book = try await mugBook()
        let first = try await book.submit(place("o-1", key: "k"))
        let second = try await book.submit(place("o-1", key: "k"))
        #expect(first.isRepeat == false)
        #expect(second.isRepeat)
        #expect(second.version == first.version)
        #expect(try await book.stock(mug)?.reserved == 1)
        #expect(await book.answer(to: place("o-1", qty: 2, key: "k")) == .refused(.keyReused(key: "k")))
    }

    @Test func `of nature is remembered as long as the order lives`() async throws {
        let book = try await mugBook()
        try await book.submit(place("o-1"))
        try await book.submit(pay("o-1"))
        book.advance(by: .days(30))
        let again = try await book.submit(pay("o-1"))
        #expect(again.isRepeat)
        #expect(await book.answer(to: pay("o-1", cents: 9_999)) == .refused(.keyReused(key: "p-1")))
    }
}

@Suite struct `A cancel of a timeout` {
    @Test func `says when it came too late, and when there was none`() async throws {
        let book = try await mugBook()
        try await book.submit(place("o-1"))
        try await book.submit(place("o-2"))
        try await book.cancelTimeout("unpaid.after.30m", of: "o-2")
        book.advance(by: .hours(1))
        #expect(try await book.order("o-2")?.status == "awaiting payment")
        let fired = noon.advanced(by: .minutes(30))
        #expect(
            await Answer { try await book.cancelTimeout("unpaid.after.30m", of: "o-1") }
                == .refused(.timeoutFired("unpaid.after.30m", at: fired)))
        let never = await Answer { try await book.cancelTimeout("no_such", of: "o-1") }
        #expect(never == .refused(.unknownTimeout("no_such", of: "o-1")))
    }
}
