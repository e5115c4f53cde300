import Testing
import Waybill
import WaybillCore

@Suite struct `A return` {
    /// Three mugs, paid in three payments of a third each, shipped; two are signed for.
    private func received() async throws -> StandardShop {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 3)
        await shop.pay("o-1", "p1", 1_000)
        await shop.pay("o-1", "p2", 1_000)
        await shop.pay("o-1", "p3", 1_000)
        await shop.ship("o-1", "x1", ("a", 3))
        await shop.sign("o-1", "x1", ("a", 2))
        return shop
    }

    @Test func `is bounded by what was signed for`() async throws {
        let shop = try await received()
        let ask: JSON = ["case": "c1", "kind": "broken", "lines": [["line": "a", "qty": 3]]]
        #expect(await shop.send("ask_return", "o-1", ask, by: "buyer").refusalCode == "not_possible")
        #expect(await shop.takeBack("o-1", "c1", refund: 0, mugs: 3).refusalCode == "invariant_broken")
        #expect(await shop.takeBack("o-1", "c2", refund: 0, mugs: 2).refusalCode == nil)
        #expect(await shop.takeBack("o-1", "c3", refund: 0, mugs: 1).refusalCode == "invariant_broken")
        #expect(try shop.stock(mugStock) == [9, 0, 1])
    }

    @Test func `gives money back over all payments, to the cent`() async throws {
        let shop = try await received()
        await shop.takeBack("o-1", "c1", refund: 1_000, mugs: 1)
        #expect(try shop.money("o-1") == ["p1": [1_000, 334, 0], "p2": [1_000, 333, 0], "p3": [1_000, 333, 0]])
        await shop.takeBack("o-1", "c2", refund: 1_999, mugs: 1)
        let back = try shop.money("o-1").values.map { $0[1] }
        #expect(back.reduce(0, +) == 2_999)
        #expect(back.allSatisfy { $0 <= 1_000 })
    }

    @Test func `gives no more money back than there is`() async throws {
        let shop = try await received()
        #expect(await shop.takeBack("o-1", "c1", refund: 3_001, mugs: 1).refusalCode == "not_possible")
        #expect(await shop.takeBack("o-1", "c2", refund: .max, mugs: 1).refusalCode != nil)
        #expect(await shop.takeBack("o-1", "c3", refund: 3_000, mugs: 1).refusalCode == nil)
        #expect(await shop.takeBack("o-1", "c4", refund: 1, mugs: 1).refusalCode == "not_possible")
        #expect(try shop.money("o-1").values.allSatisfy { $0 == [1_000, 1_000, 0] })
        #expect(try shop.stock(mugStock) == [8, 0, 2])
    }

    @Test func `of a parcel that came back twice counts once`() async throws {
        let shop = try await received()
        let first = try await shop.takeBack("o-1", "c1", refund: 500, mugs: 1).receipt()
        let again = try await shop.takeBack("o-1", "c1", refund: 500, mugs: 1).receipt()
        #expect(again.isRepeat)
        #expect(again.version == first.version)
        #expect(await shop.takeBack("o-1", "c1", refund: 600, mugs: 1) == .refused(.keyReused(key: "c1")))
        #expect(try shop.stock(mugStock) == [8, 0, 2])
    }
}

@Suite struct `A refund` {
    /// One mug paid twice: 1,000 are on their way back by p2.
    private func paidTwice() async throws -> StandardShop {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 1)
        await shop.pay("o-1", "p1", 1_000)
        await shop.pay("o-1", "p2", 1_000)
        return shop
    }

    @Test func `is done once, for exactly what was asked`() async throws {
        let shop = try await paidTwice()
        let calls = try #require(try await shop.book.order("o-1")?.openCalls)
        #expect(calls.map { String(decoding: $0.data, as: UTF8.self) } == [#"{"payment":"p2","amount_cents":1000}"#])
        let more: JSON = ["payment": "p2", "amount_cents": 1_001]
        #expect(await shop.send("refund_done", "o-1", more, by: "payments", key: "o-1#1").refusalCode == "bad_data")
        #expect(await shop.send("refund_done", "o-1", [:], by: "payments").refusalCode == "no_open_call")
        try await shop.refundDone("o-1", "o-1#1").receipt()
        #expect(try shop.sent("o-1") == ["order:refunded"])
        #expect(try shop.money("o-1") == ["p1": [1_000, 0, 0], "p2": [1_000, 0, 1_000]])
        #expect(try await shop.refundDone("o-1", "o-1#1").receipt().isRepeat)
        #expect(try shop.money("o-1") == ["p1": [1_000, 0, 0], "p2": [1_000, 0, 1_000]])
    }

    @Test func `that failed is owed, until a person asks for it again`() async throws {
        let shop = try await paidTwice()
        await shop.refundFailed("o-1", "o-1#1")
        #expect(try shop.sent("o-1") == ["order:needs-a-person"])
        #expect(try shop.money("o-1")["p2"] == [1_000, 0, 0])
        #expect(await shop.takeBack("o-1", "by hand", refund: 1_001, mugs: 0).refusalCode == "not_possible")
        let again: JSON = ["payment": "p2", "amount_cents": 1_000]
        try await shop.send("refund_again", "o-1", again, by: "finance").receipt()
        #expect(try shop.sent("o-1") == ["refunds"])
        #expect(try shop.money("o-1") == ["p1": [1_000, 0, 0], "p2": [1_000, 1_000, 0]])
        #expect(try await shop.book.calls(of: "o-1")?.map(\.state) == ["failed", "open"])
    }

    @Test func `without an answer for a day is neither here nor gone, until somebody who has looked says which`()
        async throws
    {
        for (isDone, role): (Bool, Text) in [(true, "payments"), (true, "finance"), (false, "finance")] {
            let shop = try await paidTwice()
            shop.book.advance(by: .days(30))
            #expect(try shop.sent("o-1") == ["order:needs-a-person"])
            #expect(try shop.money("o-1")["p2"] == [1_000, 1_000, 0])
            #expect(try await shop.book.calls(of: "o-1")?.map(\.state) == ["unanswered"])
            let again: JSON = ["payment": "p2", "amount_cents": 1_000]
            #expect(await shop.send("refund_again", "o-1", again, by: role).refusalCode == "not_possible")
            let name: EventName = isDone ? "refund_done" : "refund_failed"
            let reason: JSON = ["reason": "seen on the account"]
            #expect(await shop.send(name, "o-1", reason, by: "seller", key: "o-1#1").refusalCode == "wrong_role")
            try await shop.send(name, "o-1", reason, by: role, key: "o-1#1").receipt()
            #expect(try shop.money("o-1")["p2"] == [1_000, 0, isDone ? 1_000 : 0])
            let answer = await shop.send("refund_again", "o-1", again, by: role)
            #expect(answer.refusalCode == (isDone ? "not_possible" : nil))
        }
    }

    @Test func `that was done and is said to have failed tells the worker what to do`() async throws {
        let shop = try await paidTwice()
        try await shop.refundDone("o-1", "o-1#1").receipt()
        guard case .refused(let refusal) = await shop.refundFailed("o-1", "o-1#1") else {
            Issue.record("a second end of one call")
            return
        }
        #expect(refusal == .callEnded("refund_failed", key: "o-1#1", how: .done, at: noon))
        #expect(refusal.message.contains("the order counts on it, so if it was not done, tell a person"))
    }

    @Test func `of an expired order that failed does not pay it`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 2)
        await shop.pay("o-1", "p1", 1_999)
        shop.book.advance(by: .minutes(30))
        await shop.refundFailed("o-1", "o-1#1")
        #expect(try shop.status("o-1") == "closed")
        await shop.pay("o-1", "p2", 1)
        #expect(try shop.status("o-1") == "closed")
        #expect(try shop.money("o-1") == ["p1": [1_999, 0, 0], "p2": [1, 1, 0]])
    }
}
