import Foundation
import Testing

/// What README and the documentation tell people to type.
@Suite struct `The documented commands` {
    /// A document, from the package's root.
    private struct Document {
        let path: String
        let text: String

        init(_ path: String) throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            self.path = path
            text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        }

        static func all() throws -> [Document] {
            let pages = "Sources/Waybill/Waybill.docc"
            let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: pages)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".md") }
            return try (["README.md"] + names.sorted().map { "\(pages)/\($0)" }).map(Document.init)
        }

        /// What stands between fences, the first lines' language first.
        func blocks(_ language: String) -> [String] {
            text.components(separatedBy: "\n```").enumerated().compactMap { index, part in
                let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
                guard index % 2 == 1, lines.count == 2, lines[0] == language else { return nil }
                return lines[1] + "\n"
            }
        }

        /// Every `waybill ...`, without comments: lines of blocks, and what stands between single backticks.
        var commands: [String] {
            let inline = text.replacingOccurrences(of: "```", with: "").components(separatedBy: "`")
            let lines = text.components(separatedBy: "\n") + inline
            return lines.flatMap { $0.components(separatedBy: "  #")[0].components(separatedBy: ";") }
                .map { $0.split(separator: " ").joined(separator: " ") }
                .filter { $0.hasPrefix("waybill ") && !$0.contains("\n") && !$0.contains("...") }
                // What a server prints when it is ready.
                .filter { !$0.hasPrefix("waybill serves ") }
        }
    }

    @Test func `name verbs and options that there are`() throws {
        let waybill = try Executable()
        var helps: [String: String] = [:]
        var checked = 0
        for document in try Document.all() {
            for command in document.commands {
                let words = command.split(separator: " ").map(String.init)
                let asked = Array(words.dropFirst().prefix { !$0.hasPrefix("-") }.prefix(2))
                let key = asked.joined(separator: " ")
                let help = try helps[key] ?? waybill.run(asked + ["--help"]).output
                helps[key] = help
                #expect(
                    !help.contains("<subcommand>") || words.count == 2,
                    "\(document.path): there is no `\(command)`")
                for option in words where option.hasPrefix("--") {
                    let name = option.split(separator: "=")[0].trimmingCharacters(in: .punctuationCharacters)
                    #expect(help.contains("--\(name)"), "\(document.path): `\(command)` has no \(option)")
                }
                checked += 1
            }
        }
        #expect(checked > 150)
    }

    @Test func `let somebody write a workflow, try it and take an order`() throws {
        let waybill = try Executable()
        let page = try Document("Sources/Waybill/Waybill.docc/WriteAWorkflow.md")
        try waybill.file("rental.yaml", try #require(page.blocks("yaml").first))
        let script = try #require(page.blocks("").first { $0.contains("book={") })
        try waybill.file("ride.txt", script)
        let booking = try #require(script.split(separator: "\n").first { $0.hasPrefix("book=") }).dropFirst(5)
        // The booking must still be ahead when it is made for real.
        try waybill.file("booking.json", booking.replacingOccurrences(of: "2026-01-01", with: "2096-01-01"))

        let commands = page.blocks("sh").flatMap { $0.split(separator: "\n") }
        #expect(commands.count >= 7)
        for command in commands {
            let line = command.components(separatedBy: "  #")[0].dropFirst("waybill".count)
            let outcome = try waybill.shell("\"$waybill\"\(line)")
            #expect(outcome.status == 0, "\(command): \(outcome.errors)\(outcome.output)")
        }
        #expect(try waybill.run("order", "show", "ride-1", "--db", "shop.db").output.contains("awaiting payment"))

        let ridden = try waybill.run("workflow", "run", "rental.yaml", "--script", "ride.txt").output
        // Three hours begun at 5.00, a wheel at 15.00, of a deposit of 100.00.
        #expect(ridden.contains("assign late_cents = 1500"))
        #expect(ridden.contains("assign refunding_cents = 7000"))
        #expect(ridden.contains("call dry-run#1: ok"))
    }
}
