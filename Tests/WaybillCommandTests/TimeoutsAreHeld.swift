import Foundation
import Testing

@Suite struct `waybill timeout hold` {
    let waybill: Executable

    init() throws {
        waybill = try Executable()
        try waybill.file("ticket.yaml", ticket)
        for number in 1...3 {
            try waybill.run(
                "order", "send", "o-\(number)", "open", "--unchecked", "--db", "shop.db", "--workflow", "ticket.yaml",
                "--data",
                #"{"buyer":"ann","cents":500}"#)
        }
    }

    private func status(_ id: String) throws -> String? {
        try waybill.run("order", "show", id, "--db", "shop.db", "--json").object()["status"] as? String
    }

    @Test func `keeps what is due from firing until it is released, and is shown`() throws {
        let held = try waybill.shell("\"$waybill\" timeout hold --reason 'a restore' --by ann --db shop.db --json")
            .object()
        #expect(held["held_by"] as? String == "ann" && held["why"] as? String == "a restore")
        // A time in the past means now: it is due, and does not fire.
        let moved = try waybill.shell(
            "\"$waybill\" timeout move o-1 --name pay_due --to 2020-01-01T00:00:00Z --db shop.db")
        #expect(moved.status == 0 && moved.errors.contains("timeouts are held by ann since"))
        let before = try status("o-1")
        let dry = try waybill.shell(
            "\"$waybill\" timeout extend --status unpaid --name pay_due --by 15m --dry-run --db shop.db --json"
        ).object()
        let real = try waybill.shell(
            "\"$waybill\" timeout extend --status unpaid --name pay_due --by 15m --db shop.db --json"
        ).object()
        #expect(dry["orders"] as? Int == 3 && real["orders"] as? Int == 3)
        #expect(try status("o-1") == before)
        #expect(try waybill.run("timeout", "list", "--db", "shop.db").errors.contains("held by ann"))
        #expect(try waybill.run("order", "why", "o-1", "--db", "shop.db").output.contains("a restore"))
        #expect(try waybill.run("verify", "shop.db").output.contains("held      timeouts, by ann since"))
        #expect(try waybill.run("timeout", "release", "--db", "shop.db").output == "released\n")
        #expect(try waybill.run("timeout", "release", "--db", "shop.db").output == "nothing was held\n")
        #expect(try waybill.run("timeout", "list", "--db", "shop.db").errors == "")
    }

    @Test func `begins with any command that writes and asks for it`() throws {
        let sent = try waybill.run(
            "order", "send", "o-4", "open", "--unchecked", "--db", "shop.db", "--hold-timeouts", "--data",
            #"{"buyer":"bob","cents":1}"#, "--workflow", "ticket.yaml")
        #expect(sent.status == 0 && sent.errors.contains("timeouts are held by operator"))
        #expect(
            try waybill.run("timeout", "release", "--db", "shop.db", "--json").object()["released"] as? Bool == true)
    }
}
