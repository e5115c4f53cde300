import Foundation
import Testing

@Suite struct `A file that the command line has made` {
    let waybill: Executable

    init() throws {
        waybill = try Executable()
        #expect(try waybill.run("demo", "--orders", "30", "--db", "shop.db").status == 0)
    }

    @Test func `is sound, until one stock row says something else`() throws {
        let sound = try waybill.run("verify", "shop.db")
        #expect(sound.status == 0)
        #expect(sound.output.hasPrefix("shop.db: sound\n"))

        let update = try waybill.shell(
            "sqlite3 shop.db \"UPDATE stock SET free = free - 1, sold = sold + 1 WHERE sku = 'boots' AND free > 0\"")
        guard update.status == 0 else {
            print("note: skipped, there is no sqlite3 to damage a file with")
            return
        }
        let damaged = try waybill.run("verify", "shop.db")
        #expect(damaged.status == 1)
        #expect(damaged.output.contains("stock boots at"))
        let findings = try #require(
            try waybill.run("verify", "shop.db", "--json").object()["findings"] as? [[String: Any]])
        #expect(findings.contains { $0["sku"] as? String == "boots" })
        let replay = try waybill.run("replay", "--db", "shop.db")
        #expect(replay.status == 1)
        #expect(replay.output.contains("boots"))
    }

    @Test func `is exported and imported again to the same orders and stock`() throws {
        #expect(try waybill.shell("\"$waybill\" export orders --db shop.db > history.jsonl").status == 0)
        let imported = try waybill.run("import", "orders", "history.jsonl", "--db", "copy.db")
        #expect(imported.lines.last?.hasPrefix("0 of ") == true)
        #expect(try waybill.run("verify", "copy.db").status == 0)
        for what in [
            ["order", "list", "--limit", "1000"], ["stock", "list"], ["timeout", "list", "--limit", "1000"],
        ] {
            let original = try waybill.run(what + ["--json", "--db", "shop.db"]).output
            let copy = try waybill.run(what + ["--json", "--db", "copy.db"]).output
            #expect(original == copy)
            #expect(original.count > 2)
        }
    }

    @Test func `is exported up to a time`() throws {
        let all = try waybill.run("export", "orders", "--db", "shop.db").lines.count
        let placed = try #require(
            try waybill.run("order", "show", "order-15", "--db", "shop.db", "--json").object()["placed_at"] as? String)
        let some = try waybill.run("export", "orders", "--db", "shop.db", "--at", placed).lines.count
        #expect(some > 0 && some < all)
    }

    @Test func `that is not there is not made by looking at it`() throws {
        for arguments in [
            ["verify", "none.db"], ["replay", "--db", "none.db"], ["export", "orders", "--db", "none.db"],
        ] {
            let outcome = try waybill.run(arguments)
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("none.db: there is no such file"))
        }
        #expect(!FileManager.default.fileExists(atPath: waybill.path("none.db")))
    }
}
