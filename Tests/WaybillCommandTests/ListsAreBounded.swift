import Foundation
import Testing

@Suite struct `A list of the command line` {
    let waybill: Executable

    init() throws { waybill = try Executable() }

    private static let lists = [
        "order list", "order calls", "stock list", "timeout list", "dead-letter list g", "half-message list",
        "operation list", "audit", "message list t",
    ]

    @Test(arguments: lists) func `has a bound that it names`(list: String) throws {
        for limit in ["0", "-1", "100001", "9223372036854775807"] {
            let outcome = try waybill.shell("\"$waybill\" \(list) --limit=\(limit) --db shop.db")
            #expect(outcome.status == 64, "\(limit): \(outcome)")
            #expect(
                outcome.errors.hasPrefix("waybill: --limit wants 1 to 100000."), "\(limit): \(outcome.errors)")
        }
    }

    /// 2,300 SKUs, so that a list has three pages. The names become longer in the second.
    private func fill() throws {
        let lines = (0..<2_300).map { number in
            let sku = "sku-" + String(format: "%04d", number) + (number >= 1_500 ? "-with-a-long-name" : "")
            return #"{"at":"2026-01-01T10:00:00Z","stock":"receive","sku":"\#(sku)","quantity":\#(number + 1)}"#
        }
        try waybill.file("stock.jsonl", lines.joined(separator: "\n") + "\n")
        let outcome = try waybill.run("import", "orders", "stock.jsonl", "--db", "shop.db")
        try #require(outcome.status == 0, "\(outcome)")
    }

    @Test func `is whole as a table and as JSON, however many pages it has`() throws {
        try fill()
        func list(_ arguments: String) throws -> Outcome {
            try waybill.shell("\"$waybill\" stock list \(arguments) --db shop.db")
        }
        let json = try list("--limit 100000 --json").array()
        #expect(json.map { $0["free"] as? Int } == (1...2_300).map { $0 })
        let table = try list("--limit 100000").lines.map { $0.split(separator: " ").map(String.init) }
        #expect(table.count == 2_301 && table.first?.first == "SKU")
        #expect(table.dropFirst().map { $0[1] } == (1...2_300).map { "\($0)" })
        #expect(table.count { $0.first == "SKU" } == 1)
        let cut = try list("--limit 1500").lines
        #expect(cut.count == 1_501 && cut.last?.hasPrefix("sku-1499 ") == true)
    }

    @Test func `begins a further table where it needs further columns`() throws {
        try fill()
        try waybill.run("stock", "receive", "tea", "5", "--location", "north", "--db", "shop.db")
        let lines = try waybill.run("stock", "list", "--limit", "5000", "--db", "shop.db").lines
        #expect(lines.count { $0.hasPrefix("SKU") } == 2)
        let last = try #require(lines.last?.split(separator: " ").prefix(3))
        #expect(last == ["tea", "north", "5"])
    }

    @Test(arguments: [
        ["nonsense"], ["order", "show"], ["stock", "receive", "mug", "many"], ["order", "list", "--no-such"],
        ["message", "list"], ["order", "show", "none", "--db", "missing.db"], ["verify", "missing.db"],
        ["stock", "receive", "mug", "0", "--db", "shop.db"],
    ])
    func `or any other command begins its errors with the same word`(words: [String]) throws {
        let outcome = try waybill.run(words)
        #expect(outcome.status != 0 && outcome.output == "")
        #expect(outcome.errors.hasPrefix("waybill: "), "\(words): \(outcome.errors)")
        #expect(!outcome.errors.contains("Error:"), "\(words): \(outcome.errors)")
    }
}
