import Fixtures
import Foundation
import Histories
import Testing
import WaybillCore

/// Each damage is a finding with its place; nothing traps, and nothing behind it is read in silence.
@Suite struct `A CSV file` {
    private func read(_ bytes: [UInt8], limits: InputLimits = InputLimits()) throws -> [[String]] {
        let directory = try TemporaryDirectory()
        let path = try directory.write(bytes, to: "t.csv")
        var table = try CSVTable(
            InputFile.open(path, limits: limits), file: "t.csv", columns: ["id", "note"], limits: limits)
        var rows: [[String]] = []
        while let row = try table.next() { rows.append([row.text(0).string, row.text(1).string]) }
        return rows
    }

    private func finding(_ bytes: [UInt8], limits: InputLimits = InputLimits()) throws -> InputFinding {
        try #require(throws: InputFinding.self) { try read(bytes, limits: limits) }
    }

    private func finding(_ text: String) throws -> InputFinding { try finding(Array(text.utf8)) }

    @Test func `holds commas, doubled quotes and line ends in quotes, behind a byte order mark`() throws {
        let text = "\u{FEFF}note,extra,id\r\n\"a,b\",,1\r\n\r\n\"say \"\"hi\"\"\n\n there\",x,2\n\"\",y,3"
        #expect(try read(Array(text.utf8)) == [["1", "a,b"], ["2", "say \"hi\"\n\n there"], ["3", ""]])
    }

    @Test func `names line and column of a quote out of place`() throws {
        let inside = try finding("id,note\n1,a\n2,b\"c\n")
        #expect(inside.kind == .quoting && inside.line == 3 && inside.column == 4)
        let behind = try finding("id,note\n1,\"a\"b\n")
        #expect(behind.kind == .quoting && behind.line == 2 && behind.column == 6)
        let open = try finding("id,note\n1,a\n2,\"b\n3,c\n")
        #expect(open.kind == .quoting && open.line == 3 && open.column == 3)
        #expect(open.description == "t.csv, line 3, column 3: a quoted field is never closed")
        let lone = try finding("id,note\n1,a\rb\n")
        #expect(lone.kind == .quoting && lone.line == 2 && lone.column == 5)
    }

    @Test func `is text in UTF-8 and nothing else`() throws {
        let null = try finding("id,note\n1,a\0b\n")
        #expect(null.kind == .binary && null.line == 2 && null.column == 4)
        let mixed = try finding(Array("id,note\n1,é\n2,".utf8) + [0xE9, 0x0A])
        #expect(mixed.kind == .encoding && mixed.line == 3 && mixed.column == 3)
        #expect(try finding([0xFF, 0xFE, 0x69, 0x00]).kind == .binary)
    }

    @Test func `has the columns of its header, each once`() throws {
        let missing = try finding("id,other\n1,2\n")
        #expect(missing.kind == .columns && missing.line == 1 && missing.message.contains("note"))
        #expect(try finding("id,note,id\n").message.contains("two columns id"))
        let few = try finding("id,note\n1,a\n2\n")
        #expect(few.kind == .columns && few.line == 3)
        #expect(try finding("id,note\n1,a,b\n").line == 2)
        #expect(try finding("").kind == .columns)
    }

    @Test func `is bounded in its records, fields and bytes`() throws {
        let long = try finding("id,note\n1," + String(repeating: "x", count: 1 << 20) + "\n2,b\n")
        #expect(long.kind == .limit && long.line == 2)
        let wide = try finding(String(repeating: "a,", count: 300))
        #expect(wide.kind == .limit && wide.line == 1)
        var limits = InputLimits()
        limits.fileBytesMax = 100_000
        let big = Array("id,note\n".utf8) + Array(String(repeating: "1,a\n", count: 100_000).utf8)
        #expect(try finding(big, limits: limits).kind == .limit)
    }
}
