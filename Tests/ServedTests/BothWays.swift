import Foundation
import Testing

@Suite struct `The command line` {
    /// Verbs that need the whole file, or that make or serve one.
    private static let whole: [AskedVerb] = [
        AskedVerb("import", "orders", "FILE", "--db", "FILE"), AskedVerb("export", "orders", "--db", "FILE"),
        AskedVerb("report", "by-month", "--db", "FILE"), AskedVerb("replay", "--db", "FILE"),
        AskedVerb("certify", "--db", "FILE"), AskedVerb("restore", "FILE", "new.db"),
        AskedVerb("import", "olist", "nowhere", "--db", "FILE"), AskedVerb("recover", "FILE"),
        AskedVerb("rush", "run", "one-item", "--db", "FILE"), AskedVerb("demo", "--db", "FILE"),
        AskedVerb("serve", "--db", "FILE"),
    ]

    /// Verbs that work on a copy of the whole file, which a server makes of its own.
    private static let copying = [AskedVerb("verify", "--db", "FILE"), AskedVerb("backup", "COPY", "--db", "FILE")]

    /// Verbs that ask no order book that there is, and why.
    private static let without = [
        "workflow draw": "a text", "workflow run": "a text", "rush list": "the scenarios that come with it",
        "rush compare": "two reports", "bench": "files that it makes and takes away",
        "group clients": "only a server has any, and a closed file says so",
        "tail": "it ends with a closed file and goes on with a server: `The tail of the journal` tries both",
    ]

    private func shop() throws -> ServedFile {
        let shop = try ServedFile()
        try shop.commands(
            ["stock", "receive", "mug", "10"], ["stock", "receive", "tea", "3", "--location", "east"],
            Self.placing("o-1"), Self.placing("o-2"))
        // A server gives the file the shipped workflows; both ways see the same ones.
        try shop.serve()
        #expect(shop.kill(SIGTERM)?.status == 0)
        return shop
    }

    private static func placing(_ id: String) -> [String] {
        ["order", "send", id, "place", "--unchecked", "--workflow", "standard-order", "--data", AskedVerbs.basket]
    }

    @Test func `says the same of a closed file and of one that a server has open`() throws {
        let (closed, served) = (try shop(), try ServedFile())
        try served.copy(of: closed)
        try served.serve()
        let ways = try [AskedWay(closed), AskedWay(served)]
        for verb in AskedVerbs.all {
            let answers = try ways.map { try $0.ask(verb) }
            #expect(answers[0].text == answers[1].text, "\(verb)")
            #expect(answers[0].status == answers[1].status, "\(verb)")
            #expect(verb.says.isEmpty || answers[0].text.contains(verb.says), "\(verb): \(answers[0])")
        }
        #expect(try ways[1].ask(AskedVerb("doctor", as: .names)).text.hasPrefix("CHECK"))
        #expect(served.kill(SIGTERM)?.status == 0)
    }

    @Test func `copies and checks a file that a server has open as it does a closed one`() throws {
        let (closed, served) = (try shop(), try ServedFile())
        try served.copy(of: closed)
        try served.serve()
        var digests: [[String]] = []
        for file in [closed, served] {
            let copy = file.directory.appendingPathComponent("copy.db").path
            for verb in Self.copying {
                let words = verb.words.map { $0 == "FILE" ? file.path : $0 == "COPY" ? copy : $0 }
                let outcome = try file.run(words)
                #expect(outcome.status == 0, "\(verb): \(outcome.output)")
            }
            let checked = try [file.path, copy].map { try file.run("verify", $0).output }
            #expect(checked[0].hasPrefix("\(file.path): sound") && checked[1].hasPrefix("\(copy): sound"))
            digests.append(
                checked.map { $0.split(separator: "\n").first { $0.contains("states") }.map(String.init) ?? "" })
        }
        #expect(Set(digests.joined()).count == 1 && digests[0][0].count > 60, "\(digests)")
        let again = try served.run("backup", served.path, "--db", served.path)
        #expect(again.status == 1 && again.output.contains("is there already"), "\(again.output)")
        #expect(served.kill(SIGTERM)?.status == 0)
    }

    @Test func `tells why an order waits, its parcels and open refunds included, while a server has the file`() throws {
        let served = try shop()
        try served.serve()
        var why = ""
        for verb in AskedVerbs.family {
            let outcome = try served.run(verb.words + ["--db", served.path])
            #expect(outcome.status == 0, "\(verb): \(outcome.output)")
            why = outcome.output
        }
        #expect(why.contains("children") && why.contains("o-3/parcel-p1: "), "\(why)")
        #expect(why.contains("o-3#1 to refunds: open"), "\(why)")
    }

    @Test func `has for each verb in its help a case that says how it is asked`() throws {
        let shop = try ServedFile()
        let helped = Set(
            try shop.verbs(of: []).flatMap { noun in
                let verbs = try shop.verbs(of: [noun])
                return verbs.isEmpty ? [noun] : verbs.map { "\(noun) \($0)" }
            })
        let said = Set((AskedVerbs.all + Self.whole + Self.copying).map(\.verb) + Self.without.keys)
        #expect(helped.count > 50)
        #expect(helped.subtracting(said) == [], "of these it is not said whether they work both ways")
        #expect(said.subtracting(helped) == [], "these are not in the help")
        let nouns = helped.filter { !$0.contains(" ") }
        #expect(nouns.subtracting(AskedVerb.nounsWithoutVerbs) == [], "these nouns have no verbs")
    }

    @Test func `asks over TCP with the token of a file, and is refused without one`() throws {
        let served = try shop()
        let token = try served.run(
            "token", "create", "--name", "desk", "--grant", "viewer", "--reason", "a test", "--db", served.path)
        let file = served.directory.appendingPathComponent("token").path
        try Data(token.output.utf8).write(to: URL(fileURLWithPath: file))
        try served.serve()
        let server = "http://127.0.0.1:\(served.port)"
        let refused = try served.run("order", "list", "--server", server)
        #expect(refused.status == 1 && refused.output.contains("unauthenticated"), "\(refused.output)")
        let listed = try served.run("order", "list", "--server", server, "--token-file", file)
        #expect(try listed == served.run("order", "list", "--db", served.path))
        let sent = try served.run(
            "order", "send", "o-1", "cancel", "--role", "buyer", "--server", server, "--token-file", file)
        #expect(sent.status == 1 && sent.output.contains("forbidden"), "\(sent.output)")
    }

    @Test func `says who has the file open when it needs the whole of it`() throws {
        let served = try shop()
        try served.serve()
        for verb in Self.whole {
            let outcome = try served.run(verb.words.map { $0 == "FILE" ? served.path : $0 })
            #expect(outcome.status == 2 && outcome.output.contains("is served by process"), "\(verb): \(outcome)")
        }
        let unchecked = try served.run("order", "send", "o-1", "pay", "--unchecked", "--db", served.path)
        #expect(unchecked.status == 64, "\(unchecked.output)")
    }
}

extension ServedFile {
    fileprivate func commands(_ commands: [String]...) throws {
        for command in commands {
            let outcome = try run(command + ["--db", path])
            try #require(outcome.status == 0, "\(outcome.output)")
        }
    }

    /// Takes the file of another, which is closed.
    fileprivate func copy(of other: ServedFile) throws {
        try FileManager.default.copyItem(atPath: other.path, toPath: path)
    }

    func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        try start(executablePath(), arguments)
    }

    /// The subcommands that the help of some words lists.
    fileprivate func verbs(of words: [String]) throws -> [String] {
        let help = try run(["help"] + words).output
        guard let list = help.components(separatedBy: "\nSUBCOMMANDS:\n").dropFirst().first else { return [] }
        return list.split(separator: "\n").compactMap { line in
            line.firstMatch(of: #/^  ([a-z][a-z-]*)(\s|$)/#).map { String($0.1) }
        }
    }
}

/// One of the two files, and what its answers had that later questions name.
private final class AskedWay {
    private let file: ServedFile
    private var kept: [String: String] = [:]

    init(_ file: ServedFile) throws {
        self.file = file
        for (name, text) in AskedVerbs.texts {
            let path = file.directory.appendingPathComponent("\(name).yaml")
            try Data(text.utf8).write(to: path)
            kept[name] = path.path
        }
    }

    /// What a verb says, as far as it is compared.
    func ask(_ verb: AskedVerb) throws -> (status: Int32, text: String) {
        let words = verb.words.map { word in
            kept.reduce(word) { $0.replacingOccurrences(of: "{\($1.key)}", with: $1.value) }
        }
        try #require(!words.contains { $0.contains(#/^\{[a-z_-]+\}$/#) }, "\(verb): \(kept)")
        let outcome = try file.run(words + ["--db", file.path])
        for (name, pattern) in verb.keeps {
            guard let match = try Regex(pattern).firstMatch(in: outcome.output) else { continue }
            kept[name] = match.output[1].substring.map(String.init)
        }
        let text = outcome.output.replacingOccurrences(of: file.path, with: "FILE")
            .replacingOccurrences(of: file.directory.path, with: "DIRECTORY")
        return switch verb.comparison {
        case .exact: (outcome.status, text)
        case .likeness: (outcome.status, text.likeness)
        case .names: (outcome.status, text.firstColumn)
        }
    }
}

extension String {
    /// The text with `T` for each time of day and for each length of time, and `ID` for what is made of chance. The
    /// columns of a table are as wide as these were.
    fileprivate var likeness: String {
        replacing(#/\d{4}-\d\d-\d\dT[\d:.]+Z/#, with: "T").replacing(#/\b(\d+(ms|[dhms]))+\b/#, with: "T")
            .replacing(#/"(oldest_ms|since)":\d+/#, with: "T").replacing(#/\bwb-[a-z0-9-]+/#, with: "ID")
            .replacing(#/\b[a-z2-7]{16}\b/#, with: "ID").replacing(#/\bm?[0-9a-f]{32,}\b/#, with: "ID")
            .replacing(#/\be\d+-\d+-[0-9a-f]{16}\b/#, with: "ID")
            .replacing(#/,?"(from|request)":"[^"]*"/#, with: "").replacing(#/ +/#, with: " ").replacing(
                #/ seen T(.|\n)*?(?= memory )/#, with: "")
    }

    /// What stands before the first two blanks of each line.
    fileprivate var firstColumn: String {
        split(separator: "\n").map { $0.components(separatedBy: "  ")[0] }.joined(separator: "\n")
    }
}
