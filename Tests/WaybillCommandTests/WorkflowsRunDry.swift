import Foundation
import Testing

@Suite struct `A dry run` {
    let waybill: Executable

    init() throws {
        waybill = try Executable()
        try waybill.file("ticket.yaml", ticket)
    }

    private func steps(_ outcome: Outcome) throws -> [[String]] {
        try outcome.array().map { try #require($0["states"] as? [String]) }
    }

    @Test func `shows the states before the first event and after each`() throws {
        let outcome = try waybill.run(
            "workflow", "run", "ticket.yaml", "--json", "--event", #"open={"buyer":"ann","cents":500}"#, "--event",
            #"pay={"payment":"p","cents":500}"#, "--event", "close")
        #expect(outcome.status == 0)
        #expect(try steps(outcome) == [[], ["unpaid"], ["paid"], ["closed"]])
        let last = try #require(try outcome.array().last)
        #expect(last["status"] as? String == "closed")
        #expect(last["finished"] as? Bool == true)
        let paid = try outcome.array()[2]
        #expect(paid["actions"] as? [String] == ["assign paid = 500", "send tickets:paid"])
        #expect((paid["context"] as? [String: Any])?["paid"] as? Int == 500)
    }

    @Test func `starts at once, with the data of --context, when the first event does not place the order`() throws {
        let outcome = try waybill.run(
            "workflow", "run", "ticket.yaml", "--json", "--context", #"{"cents":700}"#, "--event",
            #"pay={"payment":"p","cents":700}"#)
        #expect(try steps(outcome) == [["unpaid"], ["paid"]])
        let start = try #require(try outcome.array().first?["context"] as? [String: Any])
        #expect(start["cents"] as? Int == 700)
        #expect(start["paid"] as? Int == 0)
    }

    @Test func `lets time pass, and fires at the due time and not before`() throws {
        let outcome = try waybill.run(
            "workflow", "run", "ticket.yaml", "--json", "--start", "2026-01-01T00:00:00Z", "--event", "@29m59s",
            "--event", "@1s")
        #expect(try steps(outcome) == [["unpaid"], ["unpaid"], ["closed"]])
        let start = try #require(try outcome.array().first?["timeouts"] as? [[String: String]])
        #expect(start == [["name": "pay_due", "due": "2026-01-01T00:30:00Z"]])
        #expect(try outcome.array().last?["fired"] as? [String] == ["pay_due"])
    }

    @Test func `shows a refusal with its reason, goes on, and ends with status 1`() throws {
        let outcome = try waybill.run(
            "workflow", "run", "ticket.yaml", "--json", "--context", #"{"cents":700}"#, "--event",
            #"pay={"payment":"p","cents":1}"#, "--event", "nonsense", "--event", "close")
        #expect(outcome.status == 1)
        #expect(try steps(outcome) == [["unpaid"], ["unpaid"], ["unpaid"], ["closed"]])
        let refusals = try outcome.array().map { ($0["refusal"] as? [String: Any])?["code"] as? String }
        #expect(refusals == [nil, "not_possible", "unknown_command", nil])
    }

    @Test func `says that a natural key was used before`() throws {
        let pay = #"pay={"payment":"p","cents":500}"#
        let outcome = try waybill.run(
            "workflow", "run", "ticket.yaml", "--json", "--context", #"{"cents":500}"#, "--event", pay, "--event", pay)
        #expect(outcome.status == 0)
        #expect(try outcome.array().map { $0["repeated"] as? Bool } == [false, false, true])
    }

    @Test func `takes events from a script with comments`() throws {
        try waybill.file(
            "story.txt",
            """
            # a ticket that is paid
            open={"buyer":"ann","cents":500}

            @10m
              pay={"payment":"p","cents":500}
            """)
        let outcome = try waybill.run("workflow", "run", "ticket.yaml", "--script", "story.txt", "--json")
        #expect(try steps(outcome) == [[], ["unpaid"], ["unpaid"], ["paid"]])

        try waybill.file("bad.txt", "pay\n@never\n")
        let bad = try waybill.run("workflow", "run", "ticket.yaml", "--script", "bad.txt")
        #expect(bad.status == 2)
        #expect(bad.errors.contains("bad.txt:2"))
    }

    @Test func `runs a workflow without commands on any event`() throws {
        try waybill.file(
            "light.yaml",
            """
            id: light
            version: 1
            initial: red
            states:
              red: {on: {go: green}}
              green: {on: {stop: red}}
            """)
        let outcome = try waybill.run(
            "workflow", "run", "light.yaml", "--json", "--event", "go", "--event", "stop", "--event", "stop")
        #expect(try steps(outcome) == [["red"], ["green"], ["red"], ["red"]])
        #expect(outcome.status == 1)
    }

    @Test func `ends when a timeout arms itself again without end`() throws {
        try waybill.file(
            "clock.yaml",
            """
            id: clock
            version: 1
            initial: tick
            states:
              tick: {after: {1s: tock}}
              tock: {after: {1s: tick}}
            """)
        let outcome = try waybill.run("workflow", "run", "clock.yaml", "--event", "@9000d", "--json")
        #expect(outcome.status == 1)
        #expect((try outcome.array().last?["refusal"] as? [String: Any])?["code"] as? String == "limit")
    }

    @Test func `reads well on a page`() throws {
        let outcome = try waybill.run("workflow", "run", "ticket.yaml", "--event", #"open={"buyer":"ann","cents":500}"#)
        #expect(outcome.output.contains("ticket version 3"))
        #expect(outcome.output.contains("before the first event"))
        #expect(outcome.output.contains("pay_due at 2026-01-01T00:30:00Z, in 30m"))
        #expect(outcome.lines.allSatisfy { $0.count <= 100 })
    }

    @Test func `shows times as people write them, and where goods lie`() throws {
        try waybill.file("stay.yaml", stay)
        let book = #"book={"room":"blue","house":"north","until":"2026-01-03T10:00:00Z","grace":"1h30m"}"#
        let outcome = try waybill.run("workflow", "run", "stay.yaml", "--event", book)
        #expect(outcome.output.contains("reserve 1 blue at north"))
        #expect(outcome.output.contains(#""until": "2026-01-03T10:00:00Z""#))
        #expect(outcome.output.contains(#""grace": "1h30m""#))

        try _ = waybill.run("stock", "receive", "blue", "1", "--location", "north", "--db", "shop.db")
        let data = String(book.dropFirst("book=".count))
        try _ = waybill.run(
            "order", "send", "s-1", "book", "--unchecked", "--workflow", "stay.yaml", "--data", data, "--db", "shop.db")
        for verb in ["show", "history", "why"] {
            let shown = try waybill.run("order", verb, "s-1", "--db", "shop.db")
            #expect(shown.output.contains(#""until": "2026-01-03T10:00:00Z""#), "order \(verb)")
            #expect(shown.output.contains(#""grace": "1h30m""#), "order \(verb)")
        }
    }

    private let stay = """
        id: stay
        version: 1
        commands:
          book: {data: {room: text, house: text, until: time, grace: duration}}
          leave: {}
        context: {room: text, house: text, until: time, grace: duration}
        initial: booked
        entry: [{reserve: {sku: room, at: house, qty: 1}}]
        states:
          booked: {on: {leave: left}}
          left: {type: final, entry: [{release: held}]}
        """
}

@Suite struct `The example that a dry run gives` {
    @Test(arguments: ["standard-order", "pre-sale", "flash-sale"])
    func `places an order`(_ workflow: String) throws {
        let waybill = try Executable()
        let blank = try waybill.run("workflow", "run", workflow)
        #expect(blank.status == 0)
        #expect(!blank.output.contains("refused"))
        let tooSoon = try waybill.run("workflow", "run", workflow, "--event", "pay")
        #expect(tooSoon.status == 1)
        #expect(tooSoon.output.contains("--event '") && tooSoon.output.contains("place it first"))
        let line = try #require(blank.lines.first { $0.contains("--event '") })
        let event = try #require(line.split(separator: "'").dropFirst().first)
        let outcome = try waybill.run("workflow", "run", workflow, "--event", String(event), "--json")
        #expect(outcome.status == 0)
        #expect(try outcome.array().last?["version"] as? Int == 1)
    }
}
