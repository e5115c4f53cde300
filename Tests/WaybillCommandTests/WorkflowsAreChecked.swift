import Foundation
import Testing

@Suite struct `waybill workflow` {
    let waybill: Executable

    init() throws { waybill = try Executable() }

    @Test func `check accepts every shipped workflow and says what it is`() throws {
        let list = try waybill.run("workflow", "list", "--json").array().map { try #require($0["id"] as? String) }
        #expect(list.contains("standard-order") && list.count >= 5)
        for name in list {
            let outcome = try waybill.run("workflow", "check", name)
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("\(name): ok: \(name) version"))
        }
    }

    @Test func `check names file, line, column, what is wrong and how to fix it, with status 1`() throws {
        try waybill.file("bad.yaml", ticket.replacingOccurrences(of: "close: closed}", with: "close: clsed}"))
        let outcome = try waybill.run("workflow", "check", "bad.yaml")
        #expect(outcome.status == 1)
        let line = try #require(outcome.lines.first { $0.contains(": error: ") })
        #expect(line.hasPrefix("bad.yaml:17:"))
        #expect(line.contains("clsed"))
        #expect(outcome.output.contains("fix: "))

        let finding = try #require(
            try waybill.run("workflow", "check", "bad.yaml", "--json").array().first?["findings"] as? [[String: Any]])
        #expect(finding.first?["line"] as? Int == 17)
        #expect(finding.first?["severity"] as? String == "error")
    }

    @Test func `check goes on to the next file after a bad one`() throws {
        try waybill.file("bad.yaml", "id: [")
        try waybill.file("good.yaml", ticket)
        let outcome = try waybill.run("workflow", "check", "bad.yaml", "good.yaml")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("good.yaml: ok: ticket version 3"))
    }

    @Test func `check reads standard input`() throws {
        #expect(try waybill.run("workflow", "check", "-", input: ticket).output.contains("ok: ticket"))
    }

    @Test func `export writes files that pass the check and never overwrites one`() throws {
        #expect(try waybill.run("workflow", "export", "--to", "made/here").status == 0)
        let files = try FileManager.default.contentsOfDirectory(atPath: waybill.path("made/here"))
        #expect(files.count >= 5)
        for file in files { #expect(try waybill.run("workflow", "check", "made/here/\(file)").status == 0) }
        #expect(try waybill.run("workflow", "export", "pre-sale", "--to", "made/here").status == 2)
    }

    @Test func `draw gives text for Mermaid and for Graphviz`() throws {
        #expect(try waybill.run("workflow", "draw", "flash-sale").output.hasPrefix("stateDiagram-v2"))
        let dot = try waybill.run("workflow", "draw", "flash-sale", "--format", "dot").output
        #expect(dot.contains("digraph") && dot.contains("unpaid"))
    }

    @Test func `a name that is neither file nor shipped workflow is one clear line`() throws {
        let outcome = try waybill.run("workflow", "draw", "standart-order")
        #expect(outcome.status == 2)
        #expect(outcome.errors.split(separator: "\n").count == 1)
        #expect(outcome.errors.contains("standard-order"))
    }
}
