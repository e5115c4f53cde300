import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// What an engine with a bug would have written, in a file that is otherwise whole: positions, versions and digests are
/// right. Both the certificate and the checker without our code must say no, and say why.
@Suite struct `A certificate` {
    private static let mug = StockKey(sku: "mug", location: "north")

    /// A sale that reserves one mug.
    private static func sale(_ number: Int) -> OrderCommand {
        OrderCommand(
            "place", of: OrderID("late-\(number)"),
            data: ["buyer": .text("eve-\(number)"), "sku": "mug", "at": "north", "price_cents": 900, "limit": 2],
            workflow: "flash-sale")
    }

    /// The shop with one more sale, which waits for its payment.
    private func shop() async throws -> CertifiedShop {
        let shop = try await CertifiedShop.filled()
        let book = try shop.open(at: Shop.opening.advanced(by: .hours(2)))
        try await book.submit(Self.sale(1))
        await book.close()
        #expect(try shop.certify().findings.first == [])
        #expect(try shop.check().isSound)
        return shop
    }

    /// Both say no; answers what the certificate says, and the checker.
    private func refused(_ shop: CertifiedShop, _ settings: Certify.Settings = .init()) throws -> [String] {
        let report = try shop.certify(settings)
        let check = try shop.check()
        #expect(!report.isSound && !check.isSound, "\(check.output)")
        return report.findings.first.map(\.description) + [check.output]
    }

    @Test func `says no to a reservation that was decided on stock of another moment`() async throws {
        let shop = try await shop()
        // Three are asked for where two or fewer are free: each buyer saw the same units.
        try shop.append("place", to: nil, movements: [Movement(.reserve, Self.mug, 3)])
        let words = try refused(shop)
        #expect(words.contains { $0.contains("stock mug at north") && $0.contains("reserve 3 is more than there is") })
        #expect(words.last?.contains("OVERSOLD") == true)
    }

    @Test func `says no to a reservation that is in no event`() async throws {
        let shop = try await shop()
        try shop.write { transaction in
            var row = try #require(try transaction.stock(Self.mug))
            row.level.free -= 1
            row.level.reserved += 1
            try transaction.update(row)
        }
        let words = try refused(shop)
        #expect(words.contains { $0.contains("stock mug at north") && $0.contains("its row says") })
    }

    @Test func `says no to units that are released twice`() async throws {
        let shop = try await shop()
        // Another order's reservation covers the second release: the stock itself never falls below zero.
        let book = try shop.open(at: Shop.opening.advanced(by: .hours(2)))
        try await book.submit(Self.sale(2))
        await book.close()
        for _ in 1...2 { try shop.append("cancel", to: "late-1", movements: [Movement(.release, Self.mug, 1)]) }
        let words = try refused(shop)
        #expect(words.contains { $0.contains("order late-1") && $0.contains("more than the order holds") })
        #expect(!words.contains { $0.contains("is more than there is") })
        #expect(try shop.checkWithoutFindings().output.contains("does not hold"))
    }

    @Test func `says no to a timeout that was lost, at once and when it is overdue`() async throws {
        let shop = try await shop()
        try shop.write { transaction in
            let number = try #require(try transaction.order(id: "late-1")).number.number
            let lost = try transaction.timeouts(.order, after: nil, limit: 99).filter { $0.owner == number }
            #expect(!lost.isEmpty)
            for key in lost { try transaction.delete(key) }
        }
        let words = try refused(shop)
        #expect(words.contains { $0.contains("order late-1") && $0.contains("no row will wake it") })

        // The shop goes on for a day, and the unit stays reserved.
        let book = try shop.open(at: Shop.opening.advanced(by: .hours(2)))
        book.advance(by: .days(1))
        try await book.submit(StockCommand(.receive(1), of: Self.mug))
        #expect(try await book.order("late-1")?.holdings.first?.reserved == 1)
        await book.close()
        let later = try refused(shop)
        #expect(later.contains { $0.contains("order late-1") && $0.contains("it is lost") })
        #expect(try shop.checkWithoutFindings().output.contains("LOST TIMEOUT"))
        #expect(try shop.checkWithoutFindings(againstFile: false).output.contains("OVERDUE TIMEOUT"))
    }

    @Test func `tells a timeout that is parked, or tried again, from one that is lost`() async throws {
        for (retryAt, words) in [(nil, "it is parked"), (Shop.opening.advanced(by: .days(3)), "it is tried again at")] {
            let shop = try await shop()
            try shop.write { transaction in
                let number = try #require(try transaction.order(id: "late-1")).number.number
                let pending = try transaction.timeouts(.order, after: nil, limit: 99)
                let key = try #require(pending.first { $0.owner == number })
                let due = DueTimeout(key: key, attempt: retryAt == nil ? 15 : 3)
                try transaction.postpone(due, until: retryAt, error: "a rule forbids it")
            }
            // The shop goes on for a day.
            let book = try shop.open(at: Shop.opening.advanced(by: .hours(2)))
            book.advance(by: .days(1))
            try await book.submit(StockCommand(.receive(1), of: Self.mug))
            await book.close()
            let findings = try refused(shop).filter { $0.contains("order late-1") }
            #expect(findings.contains { $0.contains("because a rule forbids it") && $0.contains(words) }, "\(findings)")
            #expect(!findings.contains { $0.contains("no row") || $0.contains("lost") })
            #expect(try shop.checkWithoutFindings().output.contains("OVERDUE TIMEOUT"))
        }
    }

    @Test func `says of an overdue timeout whose row waits that it fires once the file is open`() async throws {
        let shop = try await shop()
        // The process was away for an hour, and died again before it fired what was due meanwhile.
        try shop.append(
            "$receive", to: nil, movements: [Movement(.receive, Self.mug, 1)],
            at: Shop.opening.advanced(by: .hours(3)))
        let findings = try refused(shop).filter { $0.contains("order late-1") }
        #expect(
            findings.contains { $0.contains("its row is there, and it fires once the file is open") }, "\(findings)")
        #expect(!findings.contains { $0.contains("lost") })
        let book = try shop.open(at: Shop.opening.advanced(by: .hours(3)))
        book.advance(by: .seconds(1))
        #expect(try await book.order("late-1")?.holdings == [])
        await book.close()
    }

    @Test func `says no to units that an order's row holds and no event gave it`() async throws {
        let shop = try await shop()
        try shop.write { transaction in
            var row = try #require(try transaction.order(id: "late-1"))
            let state = String(decoding: row.state, as: UTF8.self)
            let more = state.replacingOccurrences(of: #""mug","north",1,0,0"#, with: #""mug","north",2,0,0"#)
            #expect(more != state)
            row.state = Array(more.utf8)
            try transaction.update(row)
        }
        let words = try refused(shop)
        #expect(words.contains { $0.contains("order late-1") && $0.contains("2 reserved") })
    }

    @Test func `says no to a journal with an event that was changed`() async throws {
        let shop = try await shop()
        _ = try sqlite(shop.database, "UPDATE event SET at = at + 1 WHERE position = 3")
        let words = try refused(shop)
        #expect(words.contains { $0.contains("event 3") && $0.contains("digest") })
    }
}
