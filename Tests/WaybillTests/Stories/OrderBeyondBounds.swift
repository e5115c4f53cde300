import Testing
import Waybill
import WaybillCore

@Suite struct `An order beyond the bounds` {
    @Test func `of the stock is refused whole, and says what is short`() async throws {
        let shop = try await StandardShop(mugs: 5, cups: 1)
        let answer = await shop.place("o-1", mugs: 5, cups: 2)
        #expect(answer == .refused(.insufficientStock("cup", "south", asked: 2, free: 1)))
        #expect(try shop.stock(mugStock) == [5, 0, 0])
        #expect(try await shop.book.order("o-1") == nil)
        let line = shop.line("b", "mug", "moon", 1, 1_000)
        #expect(await shop.place("o-2", lines: [line]).refusalCode == "insufficient_stock")
    }

    @Test func `of the stock over two lines of one kind is refused`() async throws {
        let shop = try await StandardShop(mugs: 5)
        let lines = [shop.line("a", "mug", "north", 3, 1_000), shop.line("b", "mug", "north", 3, 900)]
        #expect(await shop.place("o-1", lines: lines).refusalCode == "insufficient_stock")
        #expect(try shop.stock(mugStock) == [5, 0, 0])
    }

    @Test func `of 64 bits is refused`() async throws {
        let shop = try await StandardShop(mugs: .max)
        #expect(await shop.place("o-1", mugs: 2, mugCents: .max).refusalCode == "arithmetic")
        #expect(await shop.place("o-2", mugs: .max, mugCents: 2).refusalCode == "arithmetic")
        #expect(await shop.place("o-3", mugs: .max, cups: 0, mugCents: 1, discount: .max).refusalCode == nil)
        #expect(try shop.stock(mugStock) == [0, 0, .max])
        await shop.cancel("o-3")
        #expect(try shop.stock(mugStock) == [.max, 0, 0])

        await shop.place("o-4", mugs: 1)
        await shop.pay("o-4", "p1", 999)
        #expect(await shop.pay("o-4", "p2", .max).refusalCode == "arithmetic")
        #expect(await shop.changePrice("o-4", "a", .max).refusalCode == nil)
        #expect(await shop.pay("o-4", "p3", .max).refusalCode == "arithmetic")
        #expect(try shop.status("o-4") == "awaiting payment")
    }

    @Test func `of nothing is refused`() async throws {
        let shop = try await StandardShop()
        #expect(await shop.place("o-1", lines: []).refusalCode == "invariant_broken")
        #expect(
            await shop.place("o-2", lines: [shop.line("a", "mug", "north", 0, 1_000)]).refusalCode == "invariant_broken"
        )
        #expect(await shop.place("o-3", lines: [shop.line("a", "mug", "north", -1, 1_000)]).refusalCode == "bad_data")
        #expect(await shop.place("o-4", lines: [shop.line("a", "mug", "north", 1, -1)]).refusalCode == "bad_data")
    }

    @Test func `of 200 lines is refused, with 200 it runs to its end`() async throws {
        let shop = try await StandardShop(mugs: 0, cups: 0)
        let names = (1...201).map { "sku-\($0)" }
        for name in names {
            try await shop.book.submit(StockCommand(.receive(2), of: StockKey(sku: SKU(name), location: "w")))
        }
        let lines = names.map { shop.line($0, $0, "w", 2, 5) }
        #expect(await shop.place("o-1", lines: lines).refusalCode == "bad_data")
        #expect(await shop.place("o-2", lines: Array(lines.prefix(200))).refusalCode == nil)
        await shop.pay("o-2", "p1", 2_000)
        let parcel: JSON = .array(names.prefix(200).map { ["line": .text($0), "qty": 2] })
        for command: EventName in ["ship", "signed"] {
            var data: [JSON.Member] = [.init("parcel", "x1"), .init("lines", parcel)]
            if command == "ship" { data.append(.init("carrier", "c")) }
            let role: Text = command == "ship" ? "warehouse" : "child"
            #expect(await shop.send(command, "o-2", .object(data), by: role).refusalCode == nil)
        }
        shop.book.advance(by: .days(10))
        #expect(try shop.status("o-2") == "completed")
        let back: JSON = .array(names.prefix(200).map { ["line": .text($0), "qty": 2, "at": "w"] })
        let data: JSON = ["case": "c1", "refund_cents": 2_000, "lines": back]
        #expect(await shop.send("returned", "o-2", data, by: "child").refusalCode == nil)
        for name in names { #expect(try shop.stock(StockKey(sku: SKU(name), location: "w")) == [2, 0, 0]) }
        #expect(try await shop.book.order("o-2")?.holdings == [])
    }
}
