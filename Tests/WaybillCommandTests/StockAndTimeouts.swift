import Foundation
import Testing

@Suite struct `waybill stock` {
    let waybill: Executable

    init() throws { waybill = try Executable() }

    @Test func `receives, adjusts, counts and lists`() throws {
        func stock(_ arguments: String) throws -> Outcome {
            try waybill.shell("\"$waybill\" stock \(arguments) --db shop.db")
        }
        #expect(try stock("receive mug 10").output == "mug: 10 free, 0 reserved, 0 sold\n")
        #expect(try stock("receive mug 5 --location north").status == 0)
        #expect(try stock("adjust mug --by -3").output == "mug: 7 free, 0 reserved, 0 sold\n")
        #expect(try stock("count mug 6 --expected 7").output == "mug: 6 free, 0 reserved, 0 sold\n")
        #expect(try stock("count mug 9 --expected 7").status == 1)
        #expect(try stock("adjust mug --by -100").status == 1)
        #expect(try stock("show mug --json").object()["free"] as? Int == 6)
        let list = try stock("list --json").array()
        #expect(list.map { $0["location"] as? String } == ["", "north"])
        #expect(try stock("list --prefix te --json").array().isEmpty)
        #expect(try stock("show tea").status == 1)
        #expect(try stock("receive cup 5 --location south").status == 0)
        let elsewhere = try stock("show cup")
        #expect(elsewhere.status == 1 && elsewhere.errors.contains("south is one; name it by --location"))
        #expect(try stock("receive mug 0").status == 1)
    }

    @Test func `changes the only place of a SKU when none is named, and names them when there are several`() throws {
        func stock(_ arguments: String) throws -> Outcome {
            try waybill.shell("\"$waybill\" stock \(arguments) --db shop.db")
        }
        #expect(try stock("receive cup 5 --location south").status == 0)
        #expect(try stock("receive cup 1").output == "cup at south: 6 free, 0 reserved, 0 sold\n")
        #expect(try stock("adjust cup --by -2").output == "cup at south: 4 free, 0 reserved, 0 sold\n")
        #expect(try stock("move cup 3 --to north").output == "cup at south: 1 free, 0 reserved, 0 sold\n")
        let unclear = try stock("count cup 9")
        #expect(unclear.status == 1)
        #expect(
            unclear.errors == "waybill: refused: stock_conflict: cup: it lies at north and south; name the place\n",
            "\(unclear.errors)")
        #expect(try stock("list --json").array().map { $0["location"] as? String } == ["north", "south"])
        #expect(try stock("receive cup 7 --location ''").output == "cup: 7 free, 0 reserved, 0 sold\n")
    }

    @Test func `tells purchase limits from goods`() throws {
        func stock(_ arguments: String) throws -> Outcome {
            try waybill.shell("\"$waybill\" stock \(arguments) --db shop.db")
        }
        #expect(try stock("receive phone 5").status == 0)
        let plain = try stock("list").output
        #expect(!plain.contains("LIMIT"), "\(plain)")
        let data = #"{"buyer":"ann","sku":"phone","at":"","price_cents":900,"limit":2}"#
        try waybill.run(
            "order", "send", "o-1", "place", "--role", "shop", "--workflow", "flash-sale", "--data", data, "--db",
            "shop.db")
        let list = try stock("list").lines.map { $0.split(separator: " ").map(String.init) }
        #expect(list.first?.last == "LIMIT")
        #expect(list.map(\.first) == ["SKU", "limit:phone", "phone"] && list.map(\.last) == ["LIMIT", "2", "-"])
        #expect(try stock("list --kind goods --json").array().map { $0["sku"] as? String } == ["phone"])
        let limits = try stock("list --kind limits --json").array()
        #expect(limits.map { $0["purchase_limit"] as? Int } == [2])
        #expect(try stock("show limit:phone --location ann").output.contains("2 for one buyer"))
        #expect(try stock("list --kind others").status == 64)
    }

    @Test func `takes a repeated key once`() throws {
        for _ in 1...2 { try waybill.run("stock", "receive", "mug", "10", "--key", "note-7", "--db", "shop.db") }
        #expect(try waybill.run("stock", "show", "mug", "--db", "shop.db", "--json").object()["free"] as? Int == 10)
    }
}

@Suite struct `waybill timeout` {
    let waybill: Executable

    init() throws {
        waybill = try Executable()
        try waybill.file("ticket.yaml", ticket)
        for number in 1...4 {
            let buyer = number % 2 == 0 ? "bob" : "ann"
            try waybill.run(
                "order", "send", "o-\(number)", "open", "--unchecked", "--db", "shop.db", "--workflow", "ticket.yaml",
                "--data",
                #"{"buyer":"\#(buyer)","cents":500}"#)
        }
    }

    private func timeout(_ arguments: String) throws -> Outcome {
        try waybill.shell("\"$waybill\" timeout \(arguments) --db shop.db")
    }

    private func due() throws -> [String: String] {
        var due: [String: String] = [:]
        for row in try timeout("list --json").array() { due[row["order"] as? String ?? ""] = row["due"] as? String }
        return due
    }

    @Test func `moves, extends and cancels one`() throws {
        #expect(try timeout("move o-1 --name pay_due --to 2100-01-01T00:00:00Z").status == 0)
        #expect(try due()["o-1"] == "2100-01-01T00:00:00Z")
        #expect(try timeout("extend o-1 --name pay_due --by 1d").output.contains("2100-01-02T00:00:00Z"))
        #expect(try timeout("extend o-1 --name pay_due --by=-1d").status == 0)
        #expect(try due()["o-1"] == "2100-01-01T00:00:00Z")
        #expect(try timeout("cancel o-1 --name pay_due").status == 0)
        #expect(try due()["o-1"] == nil)
        let again = try timeout("cancel o-1 --name pay_due")
        #expect(again.status == 1 && again.errors.contains("pay_due"))
    }

    @Test func `extends every order that a filter finds, and says before how many`() throws {
        let before = try due()
        #expect(
            try timeout("extend --where buyer=bob --status unpaid --name pay_due --by 15m --dry-run --json")
                .object()["orders"] as? Int == 2)
        #expect(try due() == before)
        #expect(
            try timeout("extend --where buyer=bob --status unpaid --name pay_due --by 15m").output
                == "pay_due of 2 orders extended by 15m\n")
        let after = try due()
        #expect(after["o-1"] == before["o-1"] && after["o-3"] == before["o-3"])
        #expect(after["o-2"] != before["o-2"] && after["o-4"] != before["o-4"])
        let history = try waybill.run("order", "history", "o-2", "--db", "shop.db", "--json").array()
        #expect(history.map { $0["type"] as? String } == ["open", "$reschedule"])
    }

    @Test func `wants to know which orders`() throws {
        let refused = try timeout("extend --where buyer=bob --status unpaid --name pay_due --by 5000000d")
        #expect(refused.status == 1 && refused.output.hasPrefix("pay_due of 0 orders extended by"), "\(refused.output)")
        #expect(refused.output.contains("could not be changed; the first: o-"), "\(refused.output)")
        #expect(refused.output.contains("outside of the years 1 to 9999"), "\(refused.output)")
        #expect(try timeout("cancel --name pay_due").status == 64)
        #expect(try timeout("cancel o-1 --where buyer=ann --name pay_due").status == 64)
        #expect(try timeout("resume").output == "nothing was interrupted\n")
    }
}
