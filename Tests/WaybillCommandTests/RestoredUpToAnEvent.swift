import Foundation
import Testing

/// A backup is restored up to an event: orders are what they were then, and what is cut off is counted.
@Suite struct `A backup that is restored up to an event` {
    let waybill: Executable

    init() throws {
        waybill = try Executable()
        #expect(try waybill.run("demo", "--orders", "30", "--db", "shop.db").status == 0)
        #expect(try waybill.run("backup", "b.db", "--db", "shop.db").status == 0)
    }

    @Test(arguments: [0.2, 0.5, 0.9])
    func `has the orders as they were then`(share: Double) throws {
        let verified = try waybill.run("verify", "b.db", "--json").object()
        let events = try #require(verified["events"] as? Int)
        let event = Int(Double(events) * share)
        let outcome = try waybill.run("restore", "b.db", "new.db", "--at-event", "e\(event)", "--json")
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        let restored = try outcome.object()
        let last = try #require((restored["event"] as? String).flatMap { Int($0.dropFirst()) })
        #expect((event...event + 20).contains(last))
        let cut = try #require(restored["cut_off"] as? [String: Int])
        #expect(cut["events"] == events - last)
        let was = try waybill.run("order", "list", "--limit", "1000", "--json", "--db", "b.db", "--as-of", "\(last)")
        let now = try waybill.run("order", "list", "--limit", "1000", "--json", "--db", "new.db")
        #expect(was.status == 0 && was.output == now.output, "\(was.output) \(now.output)")
        #expect(now.output.count > 2)
        let left = try waybill.shell("ls").output
        #expect(!left.contains("cut-"), "\(left)")
        // And the whole of it is more.
        #expect(try waybill.run("restore", "b.db", "whole.db").status == 0)
        let all = try waybill.run("order", "list", "--limit", "1000", "--json", "--db", "whole.db")
        #expect(all.output == (try waybill.run("order", "list", "--limit", "1000", "--json", "--db", "shop.db").output))
        #expect(all.output != now.output)
    }

    @Test func `is not made of an event that there is none of, nor over a file`() throws {
        for event in ["0", "e99999999", "-1"] {
            let outcome = try waybill.run("restore", "b.db", "new.db", "--at-event=\(event)")
            #expect(outcome.status == 2 && outcome.errors.contains("there is no event"), "\(outcome.errors)")
        }
        #expect(try waybill.run("restore", "b.db", "new.db", "--at-event", "x").status == 64)
        let over = try waybill.run("restore", "b.db", "shop.db", "--at-event", "5")
        #expect(over.status == 2 && over.errors.contains("is there already"), "\(over.errors)")
        #expect(try waybill.shell("ls new.db").status != 0)
    }
}
