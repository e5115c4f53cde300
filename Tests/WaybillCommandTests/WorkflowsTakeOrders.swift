import Foundation
import Testing

@Suite struct `The workflows of a file, on the command line` {
    let waybill: Executable

    init() throws {
        waybill = try Executable()
        try waybill.file("ticket.yaml", ticket)
        try waybill.file("later.yaml", ticket.replacingOccurrences(of: "version: 3", with: "version: 4"))
        try waybill.file("earlier.yaml", ticket.replacingOccurrences(of: "version: 3", with: "version: 2"))
    }

    @discardableResult
    private func open(_ id: String, _ workflows: String...) throws -> Outcome {
        try waybill.run(
            ["order", "send", id, "open", "--unchecked", "--db", "shop.db", "--data", #"{"buyer":"ann","cents":500}"#]
                + workflows.flatMap { ["--workflow", $0] })
    }

    private func version(of id: String) throws -> Int? {
        try waybill.run("order", "show", id, "--db", "shop.db", "--json").object()["workflow_version"] as? Int
    }

    @Test func `a higher version takes orders by itself, another is kept and said`() throws {
        try open("o-1", "ticket.yaml")
        #expect(try open("o-2", "later.yaml").errors == "")
        let kept = try open("o-3", "earlier.yaml")
        #expect(kept.status == 0)
        #expect(kept.errors.contains("ticket version 2") && kept.errors.contains("version 4"), "\(kept.errors)")
        #expect(try [version(of: "o-1"), version(of: "o-2"), version(of: "o-3")] == [3, 4, 4])
        let shown = try waybill.run("order", "show", "o-1", "--db", "shop.db").output
        #expect(shown.contains("ticket version 3 ("))
        #expect(try waybill.run("order", "list", "--db", "shop.db").output.contains("ticket 4"))
    }

    @Test func `list and export tell the texts of a file, and activate chooses one`() throws {
        try open("o-1", "ticket.yaml")
        try open("o-2", "later.yaml")
        let list = try waybill.run("workflow", "list", "--db", "shop.db", "--json").array()
        #expect(list.map { $0["version"] as? Int } == [3, 4])
        #expect(list.map { $0["takes_orders"] as? Bool } == [false, true])
        let hash = try #require(list[0]["hash"] as? String)
        let activated = try waybill.run("workflow", "activate", "ticket", String(hash.prefix(8)), "--db", "shop.db")
        #expect(activated.status == 0)
        try open("o-3", "ticket")
        #expect(try version(of: "o-3") == 3)
        #expect(try waybill.run("workflow", "export", "ticket", "--db", "shop.db").output == ticket)
        let unknown = try waybill.run("workflow", "activate", "ticket", "zz", "--db", "shop.db")
        #expect(unknown.status == 2)
        #expect(unknown.errors.contains("version 3") && unknown.errors.contains("version 4"))
    }

    @Test func `list prints names and versions, and export an older text by its hash`() throws {
        try open("o-1", "ticket.yaml")
        try open("o-2", "later.yaml")
        let lines = try waybill.run("workflow", "list", "--db", "shop.db").lines.dropFirst().map { line in
            line.split(separator: " ").map(String.init)
        }
        #expect(lines.map { Array($0.prefix(2)) } == [["ticket", "3"], ["ticket", "4"]])
        #expect(lines.map { $0.contains("yes") } == [false, true])
        let hash = try #require(lines.first?[2])
        #expect(try waybill.run("workflow", "export", hash, "--db", "shop.db").output == ticket)
        #expect(try waybill.run("workflow", "export", "ticket", "--db", "shop.db").output == waybill.text("later.yaml"))
    }

    @Test func `an import takes several workflows, also one with the name of a shipped one`() throws {
        try waybill.file("own.yaml", ticket.replacingOccurrences(of: "id: ticket", with: "id: parcel"))
        try waybill.file(
            "history.jsonl",
            """
            {"at":"2026-01-01T10:00:00Z","order":"o-1","command":"open","data":{"buyer":"ann","cents":500}}
            {"at":"2026-01-01T10:05:00Z","order":"o-2","workflow":"parcel","command":"open",\
            "data":{"buyer":"bob","cents":700}}

            """)
        let outcome = try waybill.run(
            "import", "orders", "history.jsonl", "--workflow", "ticket.yaml", "--workflow", "own.yaml", "--db",
            "shop.db")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.components(separatedBy: "takes no orders").count == 1, "\(outcome.errors)")
        let shown = try ["o-1", "o-2"].map {
            try waybill.run("order", "show", $0, "--db", "shop.db", "--json").object()
        }
        #expect(shown.map { $0["workflow"] as? String } == ["ticket", "parcel"])
        #expect(shown.map { $0["workflow_version"] as? Int } == [3, 3])
        // A shipped text of another version is not given, so it does not take the place of the shop's own.
        #expect(try waybill.run("import", "orders", "history.jsonl", "--db", "shop.db").status == 0)
        let texts = try waybill.run("workflow", "list", "--db", "shop.db", "--json").array()
        #expect(texts.count { $0["id"] as? String == "parcel" } == 1)
    }

    @Test func `several workflows are opened together, and the order is placed under the first`() throws {
        try writeFamily()
        #expect(try open("o-1", "shop.yaml", "box.yaml").status == 0)
        #expect(try waybill.run("order", "send", "o-1", "pack", "--unchecked", "--db", "shop.db").status == 0)
        let box = try waybill.run("order", "show", "o-1/b-1", "--db", "shop.db", "--json").object()
        #expect(box["workflow"] as? String == "box")
    }

    private func writeFamily() throws {
        try waybill.file(
            "shop.yaml",
            """
            id: shop
            version: 1
            children: {box: {max: 3}}
            commands: {open: {data: {buyer: text, cents: cents}}, pack: {}, packed: {by: child}}
            initial: a
            states:
              a: {on: {pack: {actions: [{spawn: {child: box, id: "'b-1'"}}]}, packed: packed}}
              packed: {on: {pack: a}}
            """)
        try waybill.file(
            "box.yaml",
            """
            id: box
            version: 1
            commands: {fill: {by: parent}, shut: {}}
            initial: a
            states: {a: {on: {shut: done}}, done: {entry: [{tell: {to: parent, command: packed}}], on: {shut: done}}}
            """)
    }

    @Test func `a dry run plays the children, and what they tell their parent`() throws {
        try writeFamily()
        let run = try waybill.run(
            "workflow", "run", "shop.yaml", "--workflow", "box.yaml", "--event", #"open={"buyer":"ann","cents":5}"#,
            "--event", "pack", "--event", "b-1/shut", "--json")
        #expect(run.status == 0, "\(run.errors)")
        let last = try #require(try run.array().last)
        let box = try #require((last["children"] as? [[String: Any]])?.first)
        #expect(box["id"] as? String == "b-1")
        #expect(box["states"] as? [String] == ["done"])
        #expect(last["states"] as? [String] == ["packed"])
        let unknown = try waybill.run(
            "workflow", "run", "shop.yaml", "--workflow", "box.yaml", "--event", #"open={"buyer":"ann","cents":5}"#,
            "--event", "b-1/shut")
        #expect(unknown.status == 1)
    }

    @Test func `check with a file refuses a child's text that does not fit its parents`() throws {
        try writeFamily()
        try open("o-1", "shop.yaml", "box.yaml")
        try waybill.file(
            "box.yaml",
            try waybill.text("box.yaml").replacingOccurrences(of: "{by: parent}", with: "{data: {n: count}}"))
        #expect(try waybill.run("workflow", "check", "box.yaml").status == 0)
        let outcome = try waybill.run("workflow", "check", "box.yaml", "--db", "shop.db")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("orders under shop version 1"), "\(outcome.output)")
    }
}
