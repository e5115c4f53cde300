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
        #expect(outcome.output.contains("a new parcel, box-"))
        #expect(outcome.output.contains("a new after-sale, case-1"))
        #expect(outcome.output.contains("the provider has paid once"))
        #expect(outcome.output.contains("shop.db: sound"))
        #expect(outcome.output.contains("no oversell: the item adds up"))
        #expect(outcome.output.contains("shop-rush.db: nothing is oversold"))
        #expect(try waybill.text("shop-rush.html").contains("No oversell."))
        // Every command that is suggested works.
        let suggested = outcome.lines.filter { $0.hasPrefix("  waybill ") }
        #expect(suggested.count >= 4)
        for line in suggested {
            let command = line.trimmingCharacters(in: .whitespaces).dropFirst("waybill".count)
            #expect(try waybill.shell("\"$waybill\"\(command)").status == 0, "\(line)")
        }
        let replay = try waybill.run("replay", "--db", "shop.db", "--json").object()
        #expect(replay["same"] as? Bool == true)
        #expect(try waybill.run("demo", "--orders", "60", "--db", "shop.db").status == 2)
    }
}
