import Testing
import Waybill
import WaybillCore

@Suite struct `An order in several parcels` {
    private func paid() async throws -> StandardShop {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 3, cups: 1)
        await shop.pay("o-1", "p1", 6_000)
        return shop
    }

    @Test func `ships line by line until all is gone`() async throws {
        let shop = try await paid()
        await shop.ship("o-1", "x1", ("a", 1))
        #expect(try shop.status("o-1") == "partly shipped")
        await shop.ship("o-1", "x2", ("a", 2))
        #expect(try shop.status("o-1") == "partly shipped")
        await shop.ship("o-1", "x3", ("b", 1))
        #expect(try shop.status("o-1") == "awaiting receipt")
        #expect(try shop.contents("o-1").lines.map(\.shipped) == [3, 1])
        #expect(try await shop.book.order("o-1")?.holdings.map(\.shipped) == [3, 1])
        #expect(try shop.stock(mugStock) == [7, 0, 3])
    }

    @Test func `never ships more than was ordered, and then nothing of the parcel`() async throws {
        let shop = try await paid()
        await shop.ship("o-1", "x1", ("a", 2))
        #expect(await shop.ship("o-1", "x2", ("b", 1), ("a", 2)).refusalCode == "beyond_holding")
        #expect(await shop.ship("o-1", "x3", ("a", 1), ("a", 1)).refusalCode == "not_possible")
        #expect(await shop.ship("o-1", "x4", ("z", 1)).refusalCode == "bad_data")
        #expect(try shop.contents("o-1").lines.map(\.shipped) == [2, 0])
        // A parcel that was refused may be sent again under its name.
        #expect(await shop.ship("o-1", "x2", ("b", 1), ("a", 1)).refusalCode == nil)
    }

    @Test func `is not shipped by an empty parcel`() async throws {
        let shop = try await paid()
        #expect(await shop.ship("o-1", "x1").refusalCode == "not_possible")
        #expect(await shop.ship("o-1", "x2", ("a", 0)).refusalCode == "not_possible")
        #expect(try shop.status("o-1") == "awaiting shipment")
    }

    @Test func `ships nothing before it is paid, nor after it was closed`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 1)
        #expect(await shop.ship("o-1", "x1", ("a", 1)).refusalCode == "not_possible")
        shop.book.advance(by: .minutes(30))
        #expect(await shop.ship("o-1", "x1", ("a", 1)).refusalCode == "not_possible")
    }

    @Test func `is signed for no more than was shipped`() async throws {
        let shop = try await paid()
        await shop.ship("o-1", "x1", ("a", 2))
        #expect(await shop.sign("o-1", "x1", ("a", 3)).refusalCode == "invariant_broken")
        #expect(await shop.sign("o-1", "x1", ("a", 2)).refusalCode == nil)
        #expect(await shop.sign("o-1", "x9", ("a", 1)).refusalCode == "bad_data")
        #expect(try shop.contents("o-1").lines.map(\.signed) == [2, 0])
    }
}

@Suite struct `An order that has arrived` {
    private func arrived() async throws -> StandardShop {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 1)
        await shop.pay("o-1", "p1", 1_000)
        await shop.ship("o-1", "x1", ("a", 1))
        try await shop.send("deliver", "o-1/parcel-x1", by: "carrier").receipt()
        return shop
    }

    @Test func `counts as received after ten days`() async throws {
        let shop = try await arrived()
        shop.book.advance(by: Interval(milliseconds: 10 * 86_400_000 - 1))
        #expect(try shop.status("o-1") == "awaiting receipt")
        shop.book.advance(by: Interval(milliseconds: 1))
        #expect(try shop.status("o-1") == "completed")
    }

    @Test func `counts as received later when buyer or seller asks for more time`() async throws {
        let shop = try await arrived()
        shop.book.advance(by: .days(9))
        #expect(await shop.send("extend_receipt", "o-1", ["by": "3d"], by: "buyer").refusalCode == nil)
        #expect(await shop.send("extend_receipt", "o-1", ["by": "2d"], by: "seller").refusalCode == nil)
        shop.book.advance(to: noon.advanced(by: .days(15)).advanced(by: Interval(milliseconds: -1)))
        #expect(try shop.status("o-1") == "awaiting receipt")
        shop.book.advance(to: noon.advanced(by: .days(15)))
        #expect(try shop.status("o-1") == "completed")
    }

    @Test func `cannot be hurried by a seller who extends backwards`() async throws {
        let shop = try await arrived()
        #expect(
            await shop.send("extend_receipt", "o-1", ["by": -864_000_000], by: "seller").refusalCode == "not_possible")
        #expect(try await shop.book.order("o-1")?.timeouts.map(\.due) == [noon.advanced(by: .days(10))])
    }

    @Test func `is not put off to the end of time`() async throws {
        let shop = try await arrived()
        for _ in 1...2 {
            #expect(await shop.send("extend_receipt", "o-1", ["by": .int(.max)], by: "buyer").refusalCode != nil)
        }
        #expect(try shop.status("o-1") == "awaiting receipt")
        #expect(await shop.send("confirm_receipt", "o-1", by: "buyer").refusalCode == nil)
        #expect(try shop.status("o-1") == "completed")
    }
}
