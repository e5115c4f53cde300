import Foundation
import Testing

@Suite struct `waybill order` {
    let waybill: Executable

    init() throws {
        waybill = try Executable()
        try waybill.file("ticket.yaml", ticket)
    }

    @discardableResult
    private func open(_ id: String, buyer: String = "ann", cents: Int = 500) throws -> Outcome {
        try waybill.run(
            "order", "send", id, "open", "--unchecked", "--db", "shop.db", "--workflow", "ticket.yaml", "--data",
            #"{"buyer":"\#(buyer)","cents":\#(cents)}"#)
    }

    private func order(_ arguments: String...) throws -> Outcome {
        try arguments.count == 1
            ? waybill.run("order", arguments[0], "--db", "shop.db", "--json")
            : waybill.run("order", arguments[0], arguments[1], "--db", "shop.db", "--json")
    }

    @Test func `send places an order in a new file, and show tells of it`() throws {
        let placed = try open("o-1")
        #expect(placed.status == 0)
        #expect(placed.output == "o-1: open accepted, version 1, unpaid\n")
        #expect(placed.errors == "waybill: shop.db is new\n")

        let shown = try order("show", "o-1").object()
        #expect(shown["status"] as? String == "unpaid")
        #expect(shown["states"] as? [String] == ["unpaid"])
        #expect((shown["timeouts"] as? [[String: String]])?.first?["name"] == "pay_due")
        #expect((shown["context"] as? [String: Any])?["cents"] as? Int == 500)
        let text = try waybill.run("order", "show", "o-1", "--db", "shop.db").output
        #expect(text.contains("can take"))
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            words.contains(
                "pay by payments, from unpaid to paid, if event.cents >= cents: by its data, cents is 500 "
                    + "close by staff, from unpaid to closed"), "\(text)")
    }

    @Test func `send answers a repeated key the same, and does it once`() throws {
        try open("o-1")
        let arguments = ["order", "send", "o-1", "pay", "--unchecked", "--db", "shop.db", "--key", "k-1", "--data"]
        func pay(_ data: String) throws -> Outcome {
            try waybill.shell(
                "\"$waybill\" \(arguments.joined(separator: " ")) '\(data)' --json")
        }
        let first = try pay(#"{"payment":"p","cents":500}"#).object()
        let second = try pay(#"{"payment":"p","cents":500}"#).object()
        #expect(first["version"] as? Int == 2 && first["repeated"] as? Bool == false)
        #expect(second["version"] as? Int == 2 && second["repeated"] as? Bool == true)
        let other = try pay(#"{"payment":"p","cents":501}"#)
        #expect(other.status == 1)
        #expect((try other.object()["refusal"] as? [String: Any])?["code"] as? String == "key_reused")
    }

    @Test func `send reads data from a file and from standard input`() throws {
        try waybill.file("open.json", #"{"buyer":"bob","cents":1}"#)
        let file = try waybill.run(
            "order", "send", "o-1", "open", "--unchecked", "--db", "shop.db", "--workflow", "ticket.yaml", "--data",
            "@open.json")
        #expect(file.status == 0)
        let input = try waybill.run(
            "order", "send", "o-1", "pay", "--unchecked", "--db", "shop.db", "--data", "@-",
            input: #"{"payment":"p","cents":1}"#)
        #expect(input.output.contains("paid"))
    }

    @Test func `a refusal is told, ends with status 1, and why repeats it later`() throws {
        try open("o-1")
        let refused = try waybill.run(
            "order", "send", "o-1", "pay", "--unchecked", "--db", "shop.db", "--data", #"{"payment":"p","cents":1}"#)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("not_possible"))
        #expect(refused.errors.contains("event.cents >= cents"))
        let role = try waybill.run("order", "send", "o-1", "close", "--db", "shop.db", "--role", "buyer")
        #expect(role.errors.contains("wrong_role"))

        let why = try order("why", "o-1").object()
        let refusals = try #require(why["refusals"] as? [[String: Any]])
        #expect(refusals.map { $0["code"] as? String } == ["wrong_role", "not_possible"])
        #expect((refusals[0]["values"] as? [String: Any])?["allowed"] as? [String] == ["staff"])
        #expect((refusals[1]["values"] as? [String: Any])?["command"] as? String == "pay")
        #expect((why["order"] as? [String: Any])?["status"] as? String == "unpaid")
        #expect(try waybill.run("order", "why", "o-1", "--db", "shop.db").output.contains("the newest first"))
    }

    @Test func `history shows what was asked and what came of it`() throws {
        try open("o-1")
        try waybill.run(
            "order", "send", "o-1", "pay", "--unchecked", "--db", "shop.db", "--data", #"{"payment":"p","cents":500}"#)
        let events = try order("history", "o-1").array()
        #expect(events.map { $0["type"] as? String } == ["open", "pay"])
        let paid = try #require(events.last)
        #expect(paid["status"] as? String == "paid")
        #expect(paid["cancelled"] as? [String] == ["pay_due"])
        let message = try #require((paid["messages"] as? [[String: Any]])?.first)
        #expect(message["topic"] as? String == "tickets" && message["tag"] as? String == "paid")
        #expect((message["id"] as? String)?.hasPrefix("e") == true, "an id, and no number that a reader would round")
        let text = try waybill.run("order", "history", "o-1", "--db", "shop.db").output
        #expect(text.contains("pay_due stopped") && text.contains("tickets:paid"))
    }

    @Test func `show goes back to an event and to a time`() throws {
        try open("o-1")
        try waybill.run(
            "order", "send", "o-1", "pay", "--unchecked", "--db", "shop.db", "--data", #"{"payment":"p","cents":500}"#)
        let events = try order("history", "o-1").array()
        let first = try #require(events.first?["event"] as? Int)
        let asOf = try waybill.run("order", "show", "o-1", "--db", "shop.db", "--as-of", "\(first)", "--json").object()
        #expect(asOf["status"] as? String == "unpaid")
        let at = try #require(events.first?["at"] as? String)
        let then = try waybill.run("order", "show", "o-1", "--db", "shop.db", "--at", at, "--json").object()
        #expect(then["status"] as? String == "unpaid")
        let before = try waybill.run("order", "show", "o-1", "--db", "shop.db", "--at", "2020-01-01T00:00:00Z")
        #expect(before.status == 1 && before.errors.contains("placed later"))
    }

    @Test func `list and why go back to an event and to a time`() throws {
        try open("o-1")
        try open("o-2", buyer: "bob")
        let first = try #require(try order("history", "o-1").array().first?["event"] as? Int)
        try waybill.run("order", "send", "o-1", "close", "--db", "shop.db", "--role", "buyer")
        try waybill.run(
            "order", "send", "o-1", "pay", "--unchecked", "--db", "shop.db", "--data", #"{"payment":"p","cents":500}"#)
        func list(_ options: String) throws -> [String] {
            let outcome = try waybill.shell("\"$waybill\" order list --db shop.db --json \(options)")
            let orders = try #require(try outcome.object()["orders"] as? [[String: Any]])
            return orders.map { "\($0["id"] ?? "") \($0["status"] ?? "")" }
        }
        #expect(try list("") == ["o-1 paid", "o-2 unpaid"])
        #expect(try list("--as-of \(first)") == ["o-1 unpaid"])
        #expect(try list("--as-of \(first + 1)") == ["o-1 unpaid", "o-2 unpaid"])
        #expect(try list("--as-of \(first + 1) --status paid") == [])
        #expect(try list("--at 2020-01-01T00:00:00Z") == [])
        #expect(try waybill.run("order", "list", "--db", "shop.db", "--at", "0", "--as-of", "1").status == 64)
        for (time, words) in [
            ("1795255200", "ten digits"), ("2026-11-21T10:00:00", "no time zone"), ("2026-11-21", "no time zone"),
            ("noon", "not a time"),
        ] {
            let refused = try waybill.run("order", "list", "--db", "shop.db", "--at", time)
            #expect(refused.status == 64 && refused.errors.contains(words), "\(refused.errors)")
        }

        let now = try order("why", "o-1").object()
        #expect((now["refusals"] as? [Any])?.count == 1)
        let then = try waybill.run("order", "why", "o-1", "--db", "shop.db", "--as-of", "\(first)", "--json").object()
        #expect((then["refusals"] as? [Any])?.count == 0)
        #expect((then["order"] as? [String: Any])?["status"] as? String == "unpaid")
        let before = try waybill.run("order", "why", "o-1", "--db", "shop.db", "--at", "2020-01-01T00:00:00Z")
        #expect(before.status == 1 && before.errors.contains("placed later"))
    }

    @Test func `send places an order of a family whose other workflows the file has never seen`() throws {
        try waybill.run("stock", "receive", "mug", "3", "--db", "shop.db")
        let data = """
            {"shop":"s","buyer":"b","pay_within":"1h","freight_cents":0,"discount_cents":0,
             "lines":[{"line":"1","sku":"mug","at":"","qty":1,"price_cents":900}]}
            """
        let placed = try waybill.run(
            "order", "send", "o-1", "place", "--unchecked", "--db", "shop.db", "--workflow", "standard-order", "--data",
            data)
        #expect(placed.status == 0 && placed.output.contains("awaiting payment"), "\(placed.errors)")
        let pay = #"{"payment":"p","channel":"card","amount_cents":900}"#
        #expect(
            try waybill.run("order", "send", "o-1", "pay", "--unchecked", "--db", "shop.db", "--data", pay).status == 0)
        let ship = #"{"parcel":"x","carrier":"post","lines":[{"line":"1","qty":1}]}"#
        #expect(
            try waybill.run("order", "send", "o-1", "ship", "--unchecked", "--db", "shop.db", "--data", ship).status
                == 0)
        #expect(try waybill.run("order", "show", "o-1/parcel-x", "--db", "shop.db").output.contains("parcel"))
        #expect(try waybill.run("verify", "shop.db").status == 0)
    }

    @Test func `list filters, and goes on where it ended`() throws {
        for number in 1...5 { try open("o-\(number)", buyer: number % 2 == 0 ? "bob" : "ann") }
        try waybill.run("order", "send", "o-2", "close", "--unchecked", "--db", "shop.db")
        func ids(_ filter: String) throws -> [String] {
            let outcome = try waybill.shell("\"$waybill\" order list --db shop.db --json \(filter)")
            return try #require(try outcome.object()["orders"] as? [[String: Any]]).compactMap { $0["id"] as? String }
        }
        #expect(try ids("") == ["o-1", "o-2", "o-3", "o-4", "o-5"])
        #expect(try ids("--where buyer=bob") == ["o-2", "o-4"])
        #expect(try ids("--status closed") == ["o-2"])
        #expect(try ids("--where buyer=bob --status unpaid") == ["o-4"])
        #expect(try ids("--workflow standard-order") == [])
        #expect(try ids("--limit 2") == ["o-1", "o-2"])
        let next = try #require(
            try waybill.run("order", "list", "--db", "shop.db", "--json", "--limit", "2").object()["next"] as? String)
        #expect(try ids("--limit 2 --after \(next)") == ["o-3", "o-4"])
        #expect(try waybill.run("order", "list", "--db", "shop.db", "--where", "buyer").status == 64)
    }

    @Test func `an attribute that no workflow has is no filter that finds nothing`() throws {
        try open("o-1")
        for command in [["order", "list"], ["timeout", "list"], ["timeout", "cancel", "--name", "pay_due"]] {
            let outcome = try waybill.run(command + ["--where", "byer=bob", "--db", "shop.db"])
            #expect(outcome.status == 2, "\(command)")
            #expect(outcome.errors.contains("no workflow of this file has an attribute 'byer'; there are: buyer"))
        }
    }

    @Test func `looking changes nothing, not even what is overdue`() throws {
        try open("o-1")
        let moved = try waybill.run(
            "timeout", "move", "o-1", "--name", "pay_due", "--to", "2020-01-01T00:00:00Z", "--db", "shop.db")
        #expect(moved.status == 0)
        let versions = try (1...3).map { _ in try order("show", "o-1").object()["version"] as? Int }
        #expect(versions.allSatisfy { $0 == versions[0] })
    }

    @Test func `an order that is not there is a clear no`() throws {
        try open("o-1")
        for verb in ["show", "history", "why"] {
            let outcome = try waybill.run("order", verb, "o-2", "--db", "shop.db")
            #expect(outcome.status == 1)
            #expect(outcome.errors == "waybill: there is no order o-2 in shop.db\n")
        }
    }
}
