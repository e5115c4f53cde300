import Foundation
import Testing

/// One verb of the command line, asked on a closed file and of a server that has a copy of it open.
struct AskedVerb: Sendable, CustomStringConvertible {
    let words: [String]
    var description: String { words.joined(separator: " ") }

    init(_ words: String...) { self.words = words }

    /// Noun and verb.
    var verb: String { words.prefix(2).joined(separator: " ") }
}

@Suite struct `The command line` {
    /// Each verb with what it is asked; in this order, as one makes what the next looks at.
    private static let asked: [AskedVerb] = [
        AskedVerb("order", "list"), AskedVerb("order", "list", "--newest-first", "--json"),
        AskedVerb("order", "list", "--where", "buyer=ann", "--limit", "1"),
        AskedVerb("order", "list", "--where", "byer=ann"),
        AskedVerb("order", "show", "o-1", "--json"), AskedVerb("order", "show", "o-1/x", "--json"),
        AskedVerb("order", "show", "o-1", "--as-of", "3"), AskedVerb("order", "show", "none"),
        AskedVerb("order", "show", "o-2", "--at", "2020-01-01T00:00:00Z"),
        AskedVerb("order", "history", "o-1"), AskedVerb("order", "history", "o-1", "--json"),
        AskedVerb("order", "history", "none"),
        AskedVerb("order", "send", "o-1", "pay", "--role", "payments", "--data", "{}"),
        AskedVerb("order", "send", "o-1", "pay", "--role", "nobody", "--data", "{}", "--json"),
        AskedVerb("order", "send", "o-1", "pay"), AskedVerb("order", "send", "none", "pay", "--role", "payments"),
        AskedVerb("order", "send", "o-2", "cancel", "--role", "buyer", "--key", "c-1"),
        AskedVerb("order", "send", "o-2", "cancel", "--role", "buyer", "--key", "c-1", "--json"),
        AskedVerb("order", "calls"), AskedVerb("order", "calls", "--json", "--unanswered"),
        AskedVerb("stock", "list"), AskedVerb("stock", "list", "--prefix", "m", "--json"),
        AskedVerb("stock", "show", "mug"), AskedVerb("stock", "show", "cup"), AskedVerb("stock", "show", "tea"),
        AskedVerb("stock", "receive", "mug", "5", "--key", "r-1"), AskedVerb("stock", "receive", "mug", "0"),
        AskedVerb("stock", "receive", "mug", "5", "--key", "r-1", "--json"),
        AskedVerb("stock", "adjust", "mug", "--by=-1", "--note", "broken"),
        AskedVerb("stock", "count", "mug", "9", "--expected", "1", "--json"),
        AskedVerb("stock", "count", "mug", "9", "--expected", "1"),
        AskedVerb("timeout", "list", "--json"), AskedVerb("timeout", "list", "none"),
        AskedVerb("timeout", "move", "o-1", "--name", "pay_due", "--to", "2100-01-01T00:00:00Z"),
        AskedVerb("timeout", "extend", "o-1", "--name", "pay_due", "--by", "1h", "--json"),
        AskedVerb("timeout", "cancel", "o-1", "--name", "pay_due"),
        AskedVerb("timeout", "cancel", "o-1", "--name", "pay_due"),
        AskedVerb("timeout", "release"), AskedVerb("timeout", "release", "--json"),
    ]

    /// Verbs whose answers tell the time that it is: the same lines, but for the times in them.
    private static let timed: [AskedVerb] = [
        AskedVerb("order", "show", "o-1"), AskedVerb("order", "why", "o-1"), AskedVerb("order", "why", "o-1", "--json"),
        AskedVerb("order", "why", "none"), AskedVerb("timeout", "hold", "--reason", "payments are down"),
        AskedVerb("timeout", "list"), AskedVerb("order", "why", "o-1"),
    ]

    /// Verbs that need the whole file, or that make or serve one.
    private static let whole: [AskedVerb] = [
        AskedVerb("import", "orders", "FILE", "--db", "FILE"), AskedVerb("export", "orders", "--db", "FILE"),
        AskedVerb("report", "by-month", "--db", "FILE"), AskedVerb("replay", "--db", "FILE"),
        AskedVerb("verify", "FILE"), AskedVerb("certify", "--db", "FILE"),
        AskedVerb("timeout", "extend", "--status", "x", "--name", "pay_due", "--by", "1h", "--db", "FILE"),
        AskedVerb("timeout", "resume", "--db", "FILE"),
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
        ["order", "send", id, "place", "--unchecked", "--workflow", "standard-order", "--data", basket]
    }

    private static let basket = """
        {"shop":"7","buyer":"ann","pay_within":"30m","freight_cents":0,"discount_cents":0,
         "lines":[{"line":"1","sku":"mug","at":"","qty":2,"price_cents":900}]}
        """

    @Test func `says the same of a closed file and of one that a server has open`() throws {
        let (closed, served) = (try shop(), try ServedFile())
        try served.copy(of: closed)
        try served.serve()
        for verb in Self.asked + Self.timed {
            let ways = try [closed, served].map { try $0.outcome(of: verb.words) }
            let isTimed = Self.timed.contains { $0.words == verb.words }
            let texts = ways.map { isTimed ? $0.text.withoutTimes : $0.text }
            #expect(texts[0] == texts[1], "\(verb)")
            #expect(ways[0].status == ways[1].status, "\(verb)")
        }
        #expect(served.kill(SIGTERM)?.status == 0)
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

    /// What a verb says, with the name of the file left out.
    fileprivate func outcome(of words: [String]) throws -> (status: Int32, text: String) {
        let outcome = try run(words + ["--db", path])
        return (outcome.status, outcome.output.replacingOccurrences(of: path, with: "FILE"))
    }
}

extension String {
    /// The text with `T` for each time of day and for each length of time.
    fileprivate var withoutTimes: String {
        replacing(#/\d{4}-\d\d-\d\dT[\d:.]+Z/#, with: "T").replacing(#/\b(\d+(ms|[dhms]))+\b/#, with: "T")
    }
}
