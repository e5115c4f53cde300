import Foundation
import Testing

/// Pages whose examples are run as they stand there: a block of YAML is the file that its first line names, a block of
/// `sh` with a block of `text` below it is a script and lines that it prints.
@Suite struct `A page with examples` {
    static let pages = [
        "ImportAndExport", "Lanes", "OperatingInTheFirstHour", "RehearseAFlashSale", "WorkflowsByExample",
    ]

    /// A block between fences.
    struct Block {
        let language: String
        let text: String

        /// The name in a first line such as `# seats.yaml: a theatre`.
        var file: String? {
            guard language == "yaml", text.hasPrefix("# ") else { return nil }
            let word = text.dropFirst(2).prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." }
            return word.hasSuffix(".yaml") ? String(word) : nil
        }
    }

    static func blocks(of page: String) throws -> [Block] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = root.appending(path: "Sources/Waybill/Waybill.docc/\(page).md")
        let parts = try "\n\(String(contentsOf: path, encoding: .utf8))".components(separatedBy: "\n```")
        return stride(from: 1, to: parts.count, by: 2).map { index in
            let lines = parts[index].split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            return Block(language: String(lines[0]), text: lines.count == 2 ? "\(lines[1])\n" : "")
        }
    }

    /// The first line of `expected` that is not printed behind those before it; nil: all are.
    static func missing(_ expected: String, in printed: String) -> String? {
        let lines: (String) -> [String] = { text in
            text.split(separator: "\n").map { line in
                String(line.reversed().drop { $0 == " " }.reversed())
            }
        }
        var rest = lines(printed)[...]
        for line in lines(expected) {
            guard let index = rest.firstIndex(of: line) else { return line }
            rest = rest[(index + 1)...]
        }
        return nil
    }

    @Test(arguments: pages)
    func `prints what it says`(page: String) throws {
        let waybill = try Executable()
        let blocks = try Self.blocks(of: page)
        for block in blocks {
            if let file = block.file { try waybill.file(file, block.text) }
        }
        var runs = 0
        for (script, expected) in zip(blocks, blocks.dropFirst())
        where script.language == "sh" && expected.language == "text" {
            let outcome = try waybill.shell("waybill() { \"$waybill\" \"$@\" 2>&1; }\n\(script.text)")
            let missing = Self.missing(expected.text, in: outcome.output)
            #expect(missing == nil, "\(page): not printed: \(missing ?? "")\n\(outcome.output)\(outcome.errors)")
            runs += 1
        }
        #expect(runs > 0)
    }

    @Test func `is found out when it says a line that is not printed, or in another place`() {
        #expect(Self.missing("a\n  b\n", in: "a \nx\n  b\n") == nil)
        #expect(Self.missing("a\nc\n", in: "a\nb\n") == "c")
        #expect(Self.missing("b\na\n", in: "a\nb\n") == "a")
    }
}
