import Testing
import Waybill
import WaybillCore

/// Rules that hold for every order that any moves lead to.
@Suite struct `Wherever it goes` {
    // Money that is sent back by hand.
    private static let byHand: Set = ["returned money", "refund", "refund too much"]

    @Test func `a standard order keeps its money and its goods together`() throws {
        let judge = try ShippedDecisions.standardOrder.judge()
        let exploration = Exploration(judge: judge, except: Self.byHand, ordersMax: 2_000)
        let violation = try exploration.firstViolation { facts in
            let quantity = facts.sum("lines", "qty")
            let returned = facts.sum("lines", "returned")
            let lost = facts.sum("lines", "lost")
            if facts.isIn("money.unpaid"), facts.goods(\.reserved) != quantity { return "unpaid without its stock" }
            if facts.isIn("money.paid"), facts.goods(\.sold) != quantity - returned - lost {
                return "paid without its stock"
            }
            if facts.goods(\.shipped) != facts.sum("lines", "shipped") - returned - lost {
                return "shipped what it has not"
            }
            if facts.order.status == "completed", facts.sum("lines", "signed") + lost != quantity {
                return "completed, and not all has arrived"
            }
            if facts.isIn("goods.written_off"), facts.moneyHere != 0 { return "written off, and keeps money" }
            if facts.isIn("goods.given_back") {
                if facts.heldBack != 0 { return "closed, and holds stock" }
                if facts.moneyHere != 0 { return "closed, and keeps money" }
                if facts.sum("lines", "shipped") != 0 { return "closed, and shipped" }
            }
            return facts.isIn("goods.given_back") != (facts.isIn("money.expired") || facts.isIn("money.cancelled"))
                ? "money and goods disagree about the end" : nil
        }
        #expect(violation == nil)
    }

    @Test func `a pre-sale keeps the deposit, the price, or nothing`() throws {
        let judge = try ShippedDecisions.preSale.judge()
        // A deposit that is the whole price has a story of its own.
        let except = Self.byHand.union(["place for a deposit"])
        let exploration = Exploration(judge: judge, except: except, ordersMax: 30_000)
        let violation = try exploration.firstViolation { facts in
            let expected: Int64
            if facts.isIn("paid") {
                expected = 3_000
                if facts.goods(\.sold) != 2 { return "paid without its stock" }
            } else if facts.isIn("ended") {
                expected = facts.isIn("ended.deposit_kept") ? 300 : 0
                if facts.heldBack != 0 { return "ended, and holds stock" }
            } else {
                expected = facts.isIn("deposit_due") ? 0 : 300
                if facts.goods(\.reserved) != 2 { return "waits without its stock" }
            }
            return facts.moneyHere == expected ? nil : "keeps \(facts.moneyHere)"
        }
        #expect(violation == nil)
    }

    @Test func `a flash sale holds one unit and one of the limit, or nothing`() throws {
        let judge = try ShippedDecisions.flashSale.judge()
        let violation = try Exploration(judge: judge, ordersMax: 30_000).firstViolation { facts in
            let reserved = facts.order.holdings.map(\.reserved)
            let sold = facts.order.holdings.map(\.sold)
            if facts.isIn("unpaid") { return reserved == [1, 1] ? nil : "unpaid without its stock" }
            if facts.isIn("paid") { return sold == [1, 1] && reserved == [0, 0] ? nil : "paid without its stock" }
            return facts.order.holdings == [] ? nil : "closed, and holds stock"
        }
        #expect(violation == nil)
    }

    @Test func `an order that breaks a rule is found, with the way to it`() throws {
        let judge = try ShippedDecisions.olistOrder.judge()
        let violation = try Exploration(judge: judge, ordersMax: 100).firstViolation { facts in
            facts.isIn("DELIVERED") ? "delivered" : nil
        }
        #expect(violation == "place, approve, hand_over, deliver: delivered")
    }
}
