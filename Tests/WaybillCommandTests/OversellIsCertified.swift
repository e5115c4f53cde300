import Foundation
import Testing

@Suite struct `waybill certify` {
    let waybill: Executable

    init() throws {
        waybill = try Executable()
        #expect(try waybill.run("demo", "--orders", "30", "--db", "shop.db").status == 0)
    }

    @Test func `proves that nothing was oversold, and writes the proof`() throws {
        let said = try waybill.run("certify", "--db", "shop.db", "--out", "proof.jsonl")
        #expect(said.status == 0, "\(said.errors)")
        #expect(said.output.hasPrefix("shop.db: nothing is oversold\n"))
        let lines = try waybill.text("proof.jsonl").split(separator: "\n")
        #expect(said.output.contains("proof.jsonl, \(lines.count) lines"))
        let object = try waybill.run("certify", "--db", "shop.db", "--json").object()
        #expect(object["sound"] as? Bool == true)
        #expect(object["lines"] as? Int == lines.count)
        let chain = try #require(object["chain"] as? String)
        #expect(lines.last?.hasSuffix(#""chain":"\#(chain)"}"#) == true)
        let shown = try #require(object["shown"] as? [[String: Any]])
        #expect(shown.count == object["stocks"] as? Int)
    }

    @Test func `ends with status 1 where a stock row and the events differ`() throws {
        let update = try waybill.shell(
            "sqlite3 shop.db \"UPDATE stock SET free = free - 1, sold = sold + 1 WHERE sku = 'boots' AND free > 0\"")
        guard update.status == 0 else { return print("note: skipped, there is no sqlite3 to damage a file with") }
        let said = try waybill.run("certify", "--db", "shop.db", "--sku", "boots")
        #expect(said.status == 1)
        #expect(said.output.contains("stock boots at"))
        #expect(try waybill.run("certify", "--db", "shop.db", "--sku", "tea").status != 2)
    }

    @Test func `refuses what it cannot mean`() throws {
        let unknown = try waybill.run("certify", "--db", "shop.db", "--sku", "unicorn")
        #expect(unknown.status == 1 && unknown.errors.contains("there is no stock of unicorn"))
        for name in ["shop.db", "./shop.db", "shop.db-wal"] {
            let own = try waybill.run("certify", "--db", "shop.db", "--out", name)
            #expect(own.status == 2 && own.errors.contains("the database itself"))
        }
        #expect(try waybill.run("certify", "--db", "none.db", "--out", "proof.jsonl").status == 2)
        #expect(!FileManager.default.fileExists(atPath: waybill.path("proof.jsonl")))
        let away = try waybill.run("certify", "--db", "shop.db", "--out", "away/proof.jsonl")
        #expect(away.status == 2 && away.errors.contains("away/proof.jsonl"))
        #expect(try waybill.run("verify", "shop.db").status == 0)
    }
}
