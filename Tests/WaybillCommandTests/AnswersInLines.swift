import Foundation
import Testing

/// `-o` says how a command prints what it has found.
@Suite struct `An answer in the form that is asked for` {
    let waybill: Executable

    init() throws {
        waybill = try Executable()
        for name in ["mug", "pen", "pot"] {
            try waybill.run("stock", "receive", name, "9", "--db", "shop.db")
        }
    }

    private func list(_ arguments: String...) throws -> Outcome {
        try waybill.shell("\"$waybill\" stock list --db shop.db \(arguments.joined(separator: " "))")
    }

    @Test func `is a table, JSON as of --json, or a JSON object a line`() throws {
        let table = try list()
        #expect(table.status == 0 && table.output.contains("mug"))
        #expect(try list("-o", "table").output == table.output)
        let json = try list("--json")
        #expect(try list("-o", "json").output == json.output)
        #expect(try list("--json", "-o", "json").output == json.output)
        let lines = try list("-o", "jsonl").output.split(separator: "\n")
        let objects = try lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(objects.compactMap { $0["sku"] as? String } == ["mug", "pen", "pot"], "\(lines)")
        #expect(json.output.contains(lines[0]), "each as in the list: \(json.output)")
    }

    @Test func `in lines says on the other output where a list goes on`() throws {
        for id in ["c-1", "c-2", "c-3"] {
            try waybill.run(
                "order", "send", id, "place", "--unchecked", "--db", "shop.db", "--workflow", "flash-sale", "--data",
                #"{"buyer":"ann","sku":"mug","at":"","price_cents":900,"limit":9}"#)
        }
        let page = try waybill.shell("\"$waybill\" order list --db shop.db --limit 2 -o jsonl")
        #expect(page.output.split(separator: "\n").count == 2)
        let token = try #require(
            page.errors.firstMatch(of: /there may be more: --after ([0-9a-f]+)/)?.1, "\(page.errors)")
        let rest = try waybill.shell("\"$waybill\" order list --db shop.db --limit 2 -o jsonl --after \(token)")
        #expect(rest.output.hasPrefix(#"{"id":"c-3""#) && rest.output.split(separator: "\n").count == 1)
        #expect(!rest.errors.contains("--after"))
    }

    @Test func `in lines is one line when it is no list, and none when the list is empty`() throws {
        let one = try waybill.shell("\"$waybill\" stock show mug --db shop.db -o jsonl")
        #expect(one.output == (try waybill.shell("\"$waybill\" stock show mug --db shop.db --json").output))
        #expect(one.output.hasPrefix("{") && one.output.split(separator: "\n").count == 1)
        #expect(try waybill.shell("\"$waybill\" order list --db shop.db -o jsonl").output == "")
    }

    @Test func `in lines has a line for each element, however long the list is`() throws {
        try waybill.run("topic", "create", "news", "--db", "shop.db")
        let body = String(repeating: "x", count: 5_000)
        for _ in 1...20 { try waybill.run("message", "send", "news", "--db", "shop.db", "--body", body) }
        let list = try waybill.shell("\"$waybill\" message list news --db shop.db -o jsonl")
        let lines = list.output.split(separator: "\n")
        #expect(lines.count == 20 && list.output.utf8.count > 65_536, "\(lines.count) lines \(list.errors)")
        for line in lines { #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any]) }
    }

    @Test func `in lines says on the other output what there is not`() throws {
        let list = try waybill.shell("\"$waybill\" order list --db shop.db --workflow no-such -o jsonl")
        #expect(list.output == "" && list.errors.contains("no-such"), "\(list.output) \(list.errors)")
    }

    @Test(arguments: ["-o xml", "-o", "--json -o jsonl", "--json -o table"])
    func `is refused when it cannot be, or is two`(options: String) throws {
        let refused = try waybill.shell("\"$waybill\" stock list --db shop.db \(options)")
        #expect(refused.status == 64 && refused.output == "", "\(refused.errors)")
    }
}
