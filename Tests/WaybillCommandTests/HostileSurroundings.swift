import Foundation
import Testing

@Suite struct `The command line` {
    let waybill: Executable

    init() throws {
        waybill = try Executable()
        try waybill.file("ticket.yaml", ticket)
    }

    private func open(_ id: String) throws {
        try waybill.run(
            "order", "send", id, "open", "--unchecked", "--db", "shop.db", "--workflow", "ticket.yaml", "--data",
            #"{"buyer":"a\u001b[31mnn","cents":1}"#)
    }

    /// One line on stderr, with status 2.
    private func expectOneLine(_ outcome: Outcome, _ words: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(outcome.status == 2, sourceLocation: sourceLocation)
        #expect(outcome.errors.split(separator: "\n").count == 1, sourceLocation: sourceLocation)
        #expect(outcome.errors.hasPrefix("waybill: "), sourceLocation: sourceLocation)
        #expect(outcome.errors.contains(words), "\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(outcome.output == "", sourceLocation: sourceLocation)
    }

    @Test func `never hands control characters from outside to the terminal`() throws {
        let id = "o-\u{1B}[2J\u{202E}\n\u{7}x"
        try open(id)
        let commands = [["order", "list"], ["order", "show", id], ["order", "history", id], ["timeout", "list"]]
        for command in commands {
            let outcome = try waybill.run(command + ["--db", "shop.db"])
            #expect(outcome.status == 0)
            let isHarmless = outcome.output.unicodeScalars.allSatisfy { scalar in
                scalar == "\n" || (scalar.value >= 32 && scalar != "\u{202E}")
            }
            #expect(isHarmless, "\(command)")
            #expect(outcome.output.contains("\\u{1b}[2J"))
        }
        let missing = try waybill.run("order", "show", "x\u{1B}[2J", "--db", "shop.db")
        #expect(missing.errors.contains("x\\u{1b}[2J"))
    }

    @Test func `never repeats control characters where it is used amiss`() throws {
        let evil = "x\u{1B}[2J\u{202E}\u{7}"
        let commands = [
            ["topic", "create", "t", "--type", evil], ["order", "list", "--limit", evil],
            ["group", "create", "g", "--ladder", evil], ["message", "send", "t", "--body", "b", "--property", evil],
        ]
        for command in commands.map({ $0 + ["--db", "shop.db"] }) + [["order", evil], [evil]] {
            let outcome = try waybill.run(command)
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("x\\u{1b}[2J\\u{202e}\\u{7}"), "\(outcome.errors)")
            #expect(outcome.errors.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 && $0 != "\u{202E}" })
        }
        let help = try waybill.run("topic", "--help")
        #expect(help.status == 0 && help.output.contains("SUBCOMMANDS") && help.errors == "")
    }

    @Test func `says so when a file is missing, a directory, or no database`() throws {
        expectOneLine(try waybill.run("order", "list", "--db", "none.db"), "there is no such file")
        #expect(!FileManager.default.fileExists(atPath: waybill.path("none.db")))
        try FileManager.default.createDirectory(atPath: waybill.path("folder"), withIntermediateDirectories: false)
        expectOneLine(try waybill.run("order", "list", "--db", "folder"), "directory")
        for nothing in ["", "x"] {
            try waybill.file("empty.db", nothing)
            expectOneLine(try waybill.run("certify", "--db", "empty.db"), "the file is empty")
            expectOneLine(try waybill.run("verify", "empty.db"), "the file is empty")
            expectOneLine(try waybill.run("message", "send", "t", "--body", "b", "--db", "empty.db"), "is empty")
            #expect(try String(contentsOfFile: waybill.path("empty.db"), encoding: .utf8) == nothing)
        }
        #expect(try waybill.run("stock", "receive", "mug", "1", "--db", "empty.db").status == 0)
        try waybill.file("text.db", String(repeating: "no database at all ", count: 400))
        expectOneLine(try waybill.run("order", "list", "--db", "text.db"), "not a SQLite database")
        expectOneLine(try waybill.run("order", "list", "--db", "none/shop.db"), "none/shop.db")
        expectOneLine(try waybill.run("workflow", "check", "none.yaml"), "none.yaml")
        expectOneLine(try waybill.run("workflow", "check", "folder/"), "directory")
    }

    @Test func `says so when a file is of a later release or of another program`() throws {
        try open("o-1")
        let file = waybill.directory.appendingPathComponent("shop.db")
        var bytes = try Data(contentsOf: file)
        bytes[63] = 200
        try bytes.write(to: file)
        expectOneLine(try waybill.run("order", "list", "--db", "shop.db"), "later release")
        bytes[63] = 1
        bytes[68] = 0
        try bytes.write(to: file)
        expectOneLine(try waybill.run("order", "list", "--db", "shop.db"), "another program")
    }

    @Test func `says so when another process has the file`() throws {
        try open("o-1")
        let descriptor = Foundation.open(waybill.path("shop.db.lock"), O_RDWR)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        for verb in ["list", "why o-1", "send o-1 close --unchecked"] {
            expectOneLine(try waybill.shell("\"$waybill\" order \(verb) --db shop.db"), "is open in")
        }
    }

    @Test func `says so when it may not read`() throws {
        guard getuid() != 0 else {
            print("note: skipped as root, who may read everything: unreadable files")
            return
        }
        try waybill.file("secret.yaml", ticket)
        chmod(waybill.path("secret.yaml"), 0)
        expectOneLine(try waybill.run("workflow", "check", "secret.yaml"), "secret.yaml")
    }

    @Test func `refuses arguments that are not UTF-8`() throws {
        try open("o-1")
        expectOneLine(
            try waybill.shell(#""$waybill" order show "$(printf 'o-\377')" --db shop.db"#), "not valid UTF-8")
        try Data([0x69, 0x64, 0xFF]).write(to: waybill.directory.appendingPathComponent("bytes.yaml"))
        #expect(try waybill.run("workflow", "check", "bytes.yaml").status == 1)
    }

    @Test func `ends quietly when nobody reads any more`() throws {
        let outcome = try waybill.shell(
            #"for i in 1 2 3; do "$waybill" workflow export | head -c 1 >/dev/null; echo "${PIPESTATUS[0]}"; done"#)
        #expect(outcome.errors == "")
        #expect(outcome.lines.allSatisfy { ["0", "141"].contains($0) }, "\(outcome.lines)")
        let ignored = try waybill.shell(
            #"trap '' PIPE; "$waybill" workflow export | head -c 1 >/dev/null; echo "${PIPESTATUS[0]}""#)
        #expect(ignored.errors == "")
    }

    @Test func `says so when its output cannot be written`() throws {
        let outcome = try waybill.shell(#""$waybill" workflow list >/dev/full"#)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("cannot write to stdout"))
    }

    @Test func `harms no file when standard streams are closed`() throws {
        try open("o-1")
        let outcome = try waybill.shell(
            #""$waybill" order list --db shop.db <&- >&- 2>&-; "$waybill" order show o-1 --db shop.db --json"#)
        #expect(try outcome.object()["status"] as? String == "unpaid")
    }

    @Test func `tells wrong usage with status 64`() throws {
        #expect(try waybill.run("order", "list").status == 64)
        #expect(try waybill.run("order", "lits", "--db", "shop.db").status == 64)
        #expect(try waybill.run("order", "show", "o-1", "--db", "shop.db", "--at", "yesterday").status == 64)
        #expect(try waybill.run("--help").status == 0)
        #expect(try waybill.run("--version").status == 0)
    }

    @Test func `shows help for every command`() throws {
        let nouns = [
            "workflow", "order", "stock", "timeout", "import", "export", "report", "replay", "verify", "bench", "demo",
        ]
        let overview = try waybill.run("--help").output
        for noun in nouns {
            #expect(overview.contains("  \(noun) "))
            #expect(try waybill.run(noun, "--help").output.contains("USAGE: waybill \(noun) "))
        }
    }
}
