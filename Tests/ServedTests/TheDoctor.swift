import Foundation
import Testing

/// What `waybill doctor` finds in a file, closed or served.
@Suite(.serialized) struct `The doctor` {
    private let shop: ServedFile

    init() throws {
        shop = try ServedFile()
        for words in [
            ["topic", "create", "news", "--type", "mixed"], ["group", "create", "desk", "--max-attempts", "1"],
            ["message", "send", "news", "--body", "hello"],
        ] { try done(words) }
    }

    private func done(_ words: [String]) throws {
        let outcome = try shop.run(words + ["--db", shop.path])
        try #require(outcome.status == 0, "\(words): \(outcome.output)")
    }

    /// The state of each check, by its name, and all that was said.
    private func states() throws -> (states: [String: String], said: String) {
        let outcome = try shop.run("doctor", "--db", shop.path)
        #expect(outcome.status == 0, "nothing is bad: \(outcome.output)")
        var states: [String: String] = [:]
        for line in outcome.output.split(separator: "\n") {
            let columns = line.components(separatedBy: "  ").map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { !$0.isEmpty }
            if columns.count > 1 { states[columns[0]] = columns[1] }
        }
        return (states, outcome.output)
    }

    @Test func `says where the server of a file is that has no socket`() throws {
        try shop.serve("--socket", "off")
        let found = try shop.run("doctor", "--db", shop.path)
        #expect(found.status == 2, "it cannot look: \(found.output)")
        #expect(found.output.contains("which serves at http://127.0.0.1:\(shop.port)."), "\(found.output)")
        #expect(!found.output.contains("no server has it"), "\(found.output)")
    }

    @Test(arguments: [false, true])
    func `warns of what is worth a look, and of nothing else`(isServed: Bool) throws {
        if isServed { try shop.serve() }
        let well = try states()
        for name in ["permissions", "lock", "hold", "stopped", "clock", "half messages"] {
            #expect(well.states[name] == "ok", "\(name): \(well.said)")
        }
        #expect(well.said.contains(isServed ? "served by process" : "no server has it"), "\(well.said)")
        #expect(chmod(shop.path, 0o644) == 0)
        try done(["timeout", "hold", "--reason", "payments are down"])
        try done(["message", "receive", "desk", "news", "--give-up", "no use"])
        let ill = try states()
        for name in ["permissions", "hold", "lag of desk on %DLQ%desk"] {
            #expect(ill.states[name] == "warn", "\(name): \(ill.said)")
        }
        #expect(ill.said.contains("payments are down") && ill.said.contains("1 dead letter"), "\(ill.said)")
        let json = try shop.run("doctor", "--json", "--db", shop.path)
        #expect(json.status == 0 && json.output.contains(#""word":"warn""#), "\(json.output)")
    }
}
