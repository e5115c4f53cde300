import Foundation
import Testing

@Suite struct `waybill import` {
    let waybill: Executable

    init() throws {
        waybill = try Executable()
        try waybill.file("ticket.yaml", ticket)
        try waybill.file(
            "history.jsonl",
            """
            {"at":"2026-01-01T10:00:00Z","order":"o-1","command":"open","data":{"buyer":"ann","cents":500}}
            {"at":"2026-01-01T10:05:00Z","order":"o-2","command":"open","data":{"buyer":"bob","cents":700}}
            {"at":"2026-01-01T10:06:00Z","order":"o-1","command":"pay","key":"p","data":{"payment":"p","cents":500}}
            {"at":"2026-01-01T10:50:00Z","order":"o-2","command":"pay","key":"q","data":{"payment":"q","cents":700}}

            """)
    }

    private func importOrders(_ more: String...) throws -> Outcome {
        try waybill.run(
            ["import", "orders", "history.jsonl", "--workflow", "ticket.yaml", "--db", "shop.db"] + more)
    }

    @Test func `takes anybody's history in its own time, and tells what differs`() throws {
        let outcome = try importOrders("--differences", "differences.csv")
        #expect(outcome.status == 1)
        #expect(outcome.lines.last == "1 of 2 orders differ (1 refused, 0 incomplete)")
        let paid = try waybill.run("order", "show", "o-1", "--db", "shop.db", "--json").object()
        #expect(paid["status"] as? String == "paid")
        // Its payment came 45 minutes after it was placed.
        let late = try waybill.run("order", "history", "o-2", "--db", "shop.db", "--json").array()
        #expect(late.map { $0["type"] as? String } == ["open", "$timeout"])
        #expect(late.map { $0["at"] as? String } == ["2026-01-01T10:05:00Z", "2026-01-01T10:35:00Z"])
        let differences = try waybill.text("differences.csv")
        #expect(differences.contains("o-2,refused,2026-01-01T10:50:00Z,pay,not_possible"))
    }

    @Test func `tells everything that is wrong with a file, one finding a line, and takes nothing in`() throws {
        try waybill.file(
            "wrong.jsonl",
            #"""
            {"at":"2026-01-01T10:00:00Z","order":"o-1","command":"open","color":"red"}
            {"at":"2026-01-01T10:05:00Z","order":"o-2","command":"open","data":{"buyer":"bob","cents":700}}
            {"at":"2026-01-01T10:06:00Z","order":"o-1","command":"pay","si\nze":1}

            """#)
        let outcome = try waybill.run("import", "orders", "wrong.jsonl", "--workflow", "ticket.yaml", "--db", "new.db")
        #expect(outcome.status == 2)
        let errors = outcome.errors.split(separator: "\n")
        #expect(errors.count == 2)
        #expect(errors.first?.hasPrefix("waybill: wrong.jsonl, line 1, column 69: unknown field color") == true)
        #expect(errors.last?.hasPrefix("waybill: wrong.jsonl, line 3, column ") == true)
        #expect(errors.last?.hasSuffix("unknown field si\\nze") == true)
        #expect(try waybill.run("order", "list", "--db", "new.db").status == 2)
    }

    @Test func `changes nothing when it is run again`() throws {
        try _ = importOrders()
        let before = try waybill.run("order", "list", "--db", "shop.db", "--json").output
        let again = try importOrders("--json").object()
        #expect(again["accepted"] as? Int == 0)
        #expect(again["already_there"] as? Int == 4)
        #expect(try waybill.run("order", "list", "--db", "shop.db", "--json").output == before)
    }

    @Test(arguments: ["cat history.jsonl", "gzip -c history.jsonl"])
    func `reads standard input for -, and leaves nothing of it behind`(source: String) throws {
        let outcome = try waybill.shell(
            "\(source) | \"$waybill\" import orders - --workflow ticket.yaml --db shop.db --json")
        #expect(try outcome.object()["accepted"] as? Int == 3, "\(outcome.output)\(outcome.errors)")
        let left = try FileManager.default.contentsOfDirectory(atPath: waybill.directory.path)
        #expect(left.filter { $0.hasPrefix("waybill-input") } == [])
        let wrong = try waybill.shell("echo '{}' | \"$waybill\" import orders - --db shop.db")
        #expect(wrong.status == 2 && wrong.errors.hasPrefix("waybill: standard input, line 1"), "\(wrong.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: waybill.directory.path)
                .filter { $0.hasPrefix("waybill-input") } == [])
        let nowhere = try waybill.shell(
            "\(source) | TMPDIR=/nowhere \"$waybill\" import orders - --db shop.db")
        #expect(nowhere.status == 2 && nowhere.errors.hasPrefix("waybill: "), "\(nowhere.errors)")
    }

    @Test func `stops before an order whose workflow the file does not know, and goes on when it is given`() throws {
        try waybill.file(
            "named.jsonl",
            """
            {"at":"2026-01-01T10:00:00Z","order":"o-1","workflow":"ticket","command":"open",\
            "data":{"buyer":"ann","cents":5}}

            """)
        let stopped = try waybill.run("import", "orders", "named.jsonl", "--db", "shop.db")
        #expect(stopped.status == 2)
        #expect(stopped.errors.contains("under the workflow ticket, which the file does not know"))
        let again = try waybill.run(
            "import", "orders", "named.jsonl", "--workflow", "ticket.yaml", "--db", "shop.db", "--json"
        ).object()
        #expect(again["accepted"] as? Int == 1)
        #expect(again["already_there"] as? Int == 0)
    }

    @Test func `tells the first difference and its reason`() throws {
        let outcome = try importOrders()
        #expect(
            outcome.lines.contains {
                $0.hasPrefix("the first difference: o-2, pay at 2026-01-01T10:50:00Z: pay is not possible now")
            })
    }

    @Test func `refuses a line of the future where others live, and writes nothing`() throws {
        try _ = importOrders()
        let before = try waybill.run("verify", "shop.db", "--json").object()
        try waybill.file(
            "history.jsonl",
            """
            {"at":"2026-01-01T11:00:00Z","order":"o-3","command":"open","data":{"buyer":"cat","cents":500}}
            {"at":"2100-01-01T10:00:00Z","order":"o-4","command":"open","data":{"buyer":"dan","cents":700}}

            """)
        let refused = try importOrders()
        #expect(refused.status == 2)
        #expect(refused.errors.contains("history.jsonl, line 2: it happens at 2100-01-01T10:00:00Z"))
        let after = try waybill.run("verify", "shop.db", "--json").object()
        #expect(after["events"] as? Int == before["events"] as? Int)
    }

    @Test func `of an export gives a file with the same digest`() throws {
        try _ = importOrders()
        let history = try waybill.shell("\"$waybill\" export orders --db shop.db | gzip > export.jsonl.gz")
        #expect(history.status == 0)
        let imported = try waybill.run("import", "orders", "export.jsonl.gz", "--db", "copy.db", "--json")
        #expect(imported.status == 0)
        #expect(try imported.object()["differing_orders"] as? Int == 0)
        let digests = try ["shop.db", "copy.db"].map {
            try waybill.run("verify", $0, "--json").object()["digest"] as? String
        }
        #expect(digests[0] == digests[1] && digests[0]?.count == 64)
    }

    @Test func `takes nothing of a file with a broken line, and names the line`() throws {
        try waybill.file("history.jsonl", "{\"at\":\"2026-01-01T10:00:00Z\",\"order\":\"o-1\"\n")
        let outcome = try importOrders()
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("history.jsonl, line 1"))
    }
}
