import Foundation
import Testing

@Suite struct `waybill demo` {
    @Test func `runs a small shop, tells a story and leaves a file to look into`() throws {
        let waybill = try Executable()
        let outcome = try waybill.run("demo", "--orders", "60", "--db", "shop.db")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("The story of one order"))
        #expect(outcome.output.contains("What to try next"))
        #expect(outcome.output.contains("pay_due fires"))
        #expect(outcome.output.contains("a new parcel, parcel-box-"))
        #expect(outcome.output.contains("a new after-sale, case-1"))
        #expect(outcome.output.contains("the provider has paid once"))
        #expect(outcome.output.contains("shop.db: sound"))
        // Every module has done something, is behind by nothing, and is checked.
        for module in ["cart", "points", "coupons", "notifications", "gift-pack"] {
            let row = outcome.lines.first { $0.hasPrefix("   \(module) ") && !$0.contains("behind") }
            let words = try #require(row).split(separator: " ")
            #expect(words.count > 3 && words[1] != "0" && words[2] == "0", "\(words)")
            #expect(outcome.output.contains("\(module): "))
        }
        #expect(try waybill.text("shop-notices.jsonl").contains("\"placed\""))
        #expect(outcome.output.contains("no oversell: the item adds up"))
        #expect(outcome.output.contains("shop-rush.db: nothing is oversold"))
        #expect(try waybill.text("shop-rush.html").contains("No oversell."))
        // Every command that is suggested works.
        let suggested = outcome.lines.drop { $0 != "What to try next" }.filter { $0.hasPrefix("  ") }
        #expect(suggested.count >= 4)
        for line in suggested { #expect(try waybill.shell(line).status == 0, "\(line)") }
        let replay = try waybill.run("replay", "--db", "shop.db", "--json").object()
        #expect(replay["same"] as? Bool == true)
        #expect(try waybill.run("demo", "--orders", "60", "--db", "shop.db").status == 2)
    }

    /// What somebody changes by hand in a module's rows.
    private static let damages = [
        ("points", "UPDATE points_member SET earned = earned + 1 WHERE earned > 0"),
        ("cart", "UPDATE cart_line SET ordered = ordered - 1 WHERE ordered > 0"),
        ("coupons", "UPDATE coupon SET state = 'free', order_id = NULL WHERE state = 'spent'"),
        ("notifications", "DELETE FROM notice WHERE kind = 'paid'"),
        ("gift-pack", "DELETE FROM gift_pack"),
    ]

    @Test func `leaves a file in which every module's rows are checked against the orders`() throws {
        let waybill = try Executable()
        #expect(try waybill.run("demo", "--orders", "60", "--db", "shop.db").status == 0)
        #expect(try waybill.run("verify", "shop.db").status == 0)
        for (module, sql) in Self.damages {
            let damage = try waybill.shell("cp shop.db damaged.db && sqlite3 damaged.db \"\(sql)\"")
            guard damage.status == 0 else {
                print("note: skipped, there is no sqlite3 to damage a file with")
                return
            }
            let damaged = try waybill.run("verify", "damaged.db", "--json")
            #expect(damaged.status == 1)
            let findings = try #require(try damaged.object()["findings"] as? [[String: Any]])
            #expect(!findings.isEmpty && findings.allSatisfy { $0["module"] as? String == module }, "\(findings)")
            #expect(try waybill.run("verify", "damaged.db").output.contains(module))
        }
    }
}
