import Foundation
import Testing

/// What programs read when a command fails: of every verb that `waybill help` lists and that can answer in JSON.
@Suite struct `An error with --json` {
    /// One verb, with its usage as its help says it.
    private struct Verb: CustomStringConvertible {
        let words: [String]
        let help: String

        var description: String { words.joined(separator: " ") }

        /// A benchmark makes files for minutes, and knows no others.
        var takesJSON: Bool { help.contains("--json") && words != ["bench"] }
        /// Whether it names a file of orders, or a server.
        var takesFile: Bool { help.contains("--db <file>") }

        /// Words for what its usage demands.
        ///
        /// - Parameter file: where a file of orders is wanted.
        func arguments(_ file: String) throws -> [String] {
            let line = try #require(help.split(separator: "\n").first { $0.hasPrefix("USAGE: ") }, "\(self)")
            // What is in brackets may be left out.
            var demanded = ""
            var depth = 0
            for letter in line.dropFirst("USAGE: waybill ".count) {
                if letter == "[" { depth += 1 }
                if depth == 0 { demanded.append(letter) }
                if letter == "]" { depth -= 1 }
            }
            let rest = demanded.split(separator: " ").map(String.init).dropFirst(words.count)
            var found = rest.filter { $0 != "..." && $0 != "<options>" }.map { word in
                guard word.hasPrefix("<") else { return word }
                return value(word.trimmingCharacters(in: CharacterSet(charactersIn: "<>.")), file)
            }
            found += Self.alsoNeeded[description] ?? []
            return found + (takesFile ? ["--db", file] : []) + ["--json"]
        }

        /// What its usage does not say to be needed.
        private static let alsoNeeded = [
            "order send": ["--role", "nothing"], "timeout extend": ["nothing"], "timeout move": ["nothing"],
            "timeout cancel": ["nothing"], "message find": ["--id", "nothing"], "message list": ["--delayed"],
            "message ack": ["--group", "nothing"], "message fail": ["--group", "nothing"],
            "message extend": ["--group", "nothing"], "group look-back": ["--to", "2026-11-29T12:00:00Z"],
            "token create": ["--grant", "viewer"],
        ]

        private func value(_ name: String, _ file: String) -> String {
            switch name {
            case "quantity", "count", "limit", "counted", "number", "sold": "5"
            case "by": words.first == "stock" ? "5" : "5m"
            case "within", "duration": "5m"
            case "to", "time", "at": "2026-11-29T12:00:00Z"
            case "backup", "before", "after", "report", "scenario", "files", "file", "workflow": file
            case "receipt": "1.0.0"
            default: "nothing"
            }
        }
    }

    private let waybill: Executable

    init() throws { waybill = try Executable() }

    private func subcommands(_ help: String) -> [String] {
        let section = help.components(separatedBy: "SUBCOMMANDS:\n").dropFirst().first ?? ""
        return section.split(separator: "\n").prefix { $0.hasPrefix("  ") }
            .filter { !$0.hasPrefix("   ") && !$0.contains("See '") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }.filter { $0 != "help" }
    }

    private func verbs(of words: [String] = []) throws -> [Verb] {
        let help = try waybill.run(words + ["--help"]).output
        let names = subcommands(help)
        guard !names.isEmpty else { return [Verb(words: words, help: help)] }
        return try names.flatMap { try verbs(of: words + [$0]) }
    }

    private func refusal(_ outcome: Outcome, _ verb: String) throws -> [String: Any]? {
        #expect(outcome.output.split(separator: "\n").count == 1, "\(verb): \(outcome.output)")
        let answer = try outcome.object()
        #expect(answer["accepted"] as? Bool == false, "\(verb)")
        let refusal = answer["refusal"] as? [String: Any]
        #expect((refusal?["code"] as? String)?.isEmpty == false, "\(verb): \(outcome.output)")
        #expect((refusal?["message"] as? String)?.isEmpty == false, "\(verb): \(outcome.output)")
        return refusal
    }

    @Test func `is one object with code and message, from every verb, when there is no such file`() throws {
        let verbs = try verbs().filter(\.takesJSON)
        #expect(verbs.count > 60, "\(verbs)")
        var told = 0
        for verb in verbs {
            let arguments = try verb.arguments("none.db")
            let outcome = try waybill.run(verb.words + arguments)
            #expect(outcome.status != 64, "\(verb) \(arguments): \(outcome.errors)")
            // Some make a file, or need none.
            if outcome.status != 0, outcome.status != 64 {
                told += 1
                _ = try refusal(outcome, verb.description)
            }
            for name in try FileManager.default.contentsOfDirectory(atPath: waybill.directory.path)
            where name.hasPrefix("none.db") { try FileManager.default.removeItem(atPath: waybill.path(name)) }
        }
        #expect(told > 70, "\(told)")
    }

    @Test func `is one object of a file in which there is nothing that is asked for`() throws {
        try waybill.run("stock", "receive", "mug", "5", "--db", "shop.db")
        var told: Set<String> = []
        for verb in try verbs().filter({ $0.takesJSON && $0.takesFile }) {
            let outcome = try waybill.run(verb.words + verb.arguments("shop.db"))
            #expect(outcome.status != 64, "\(verb): \(outcome.errors)")
            guard outcome.status != 0, !outcome.output.hasPrefix("["), outcome.output.contains("\"accepted\"") else {
                // What is found wrong is said by the answer itself.
                #expect(outcome.status == 0 || !outcome.output.isEmpty, "\(verb): \(outcome.errors)")
                continue
            }
            told.insert(verb.description)
            let refusal = try refusal(outcome, verb.description)
            let code = refusal?["code"] as? String ?? ""
            #expect(outcome.status != 1 || code != "refused", "\(verb): \(outcome.output)")
        }
        for verb in ["workflow activate", "token revoke", "lane abandon", "order show", "operation show"] {
            #expect(told.contains(verb), "\(verb) of \(told.sorted())")
        }
    }

    @Test func `has what is wrong with a text or a history as findings, and says where`() throws {
        try waybill.file("bad.yaml", ticket.replacingOccurrences(of: "initial: unpaid", with: "initial: unpayd"))
        let put = try waybill.run("workflow", "put", "bad.yaml", "--reason", "r", "--db", "shop.db", "--json")
        let refused = try refusal(put, "workflow put")
        #expect(put.status == 1 && refused?["code"] as? String == "workflow_findings")
        let finding = try #require((refused?["findings"] as? [[String: Any]])?.first)
        #expect(finding["line"] is Int && finding["column"] is Int && finding["severity"] as? String == "error")

        try waybill.run("stock", "receive", "mug", "5", "--db", "shop.db")
        let list = try waybill.run("order", "list", "--where", "colour=red", "--db", "shop.db", "--json")
        #expect(try refusal(list, "order list")?["code"] as? String == "not_indexed")

        try waybill.file("bad.jsonl", "{\"colour\":1}\n")
        let imported = try waybill.run("import", "orders", "bad.jsonl", "--db", "new.db", "--json")
        let input = try refusal(imported, "import orders")
        #expect(input?["code"] as? String == "bad_input")
        #expect((input?["findings"] as? [[String: Any]])?.first?["line"] as? Int == 1)

        try waybill.file("there.db", "something")
        for words in [["backup", "there.db", "--db", "shop.db"], ["restore", "shop.db", "there.db"]] {
            let outcome = try waybill.run(words + ["--json"])
            #expect(outcome.status == 2)
            #expect(try refusal(outcome, words[0])?["code"] as? String == "backup_exists")
        }
    }
}
