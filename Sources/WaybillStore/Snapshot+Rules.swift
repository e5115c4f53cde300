import CSQLite
package import WaybillCore

/// The CHECK constraints of a file's tables, asked by separate statements: on a connection that only reads SQLite
/// leaves them out of its own check, and the files that are checked are only read.
extension Snapshot {
    /// Rows that break a rule of their table, the first so many: the table, the rule, and the first column of the key.
    /// Reads every table that has rules, the modules' too.
    package func brokenRules(limit: Int) throws -> [Text] {
        let tables = try query(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL ORDER BY name"
        ).all { columns in (name: columns.text(0), sql: columns.text(1).string) }
        var found: [Text] = []
        for table in tables where found.count < limit {
            let rules = TableRules(sql: table.sql).checks
            guard !rules.isEmpty else { continue }
            found += try brokenRules(rules, of: table.name, limit: limit - found.count)
        }
        return found
    }

    private func brokenRules(_ rules: [String], of table: Text, limit: Int) throws -> [Text] {
        let which = rules.enumerated().map { "WHEN NOT (\($1)) THEN \($0)" }.joined(separator: " ")
        let broken = rules.map { "NOT (\($0))" }.joined(separator: " OR ")
        let name = table.string.replacing("\"", with: "\"\"")
        let sql = "SELECT CASE \(which) END, t.* FROM \"\(name)\" AS t WHERE \(broken) LIMIT \(limit)"
        return try connection.rows(sql) { columns in
            let rule = rules.indices.contains(Int(columns.integer(0))) ? rules[Int(columns.integer(0))] : "of the table"
            return "the row \(columns.text(1)) of the table \(table) breaks the rule (\(rule))"
        }
    }
}

/// What follows CHECK in the text of a table.
struct TableRules {
    private(set) var checks: [String] = []

    init(sql: String) {
        let bytes = Array(sql.utf8)
        var index = 0
        while index < bytes.count {
            if let end = Self.endOfQuoted(bytes, index) {
                index = end
            } else if Self.isWord("CHECK", at: index, of: bytes),
                let open = bytes[index...].firstIndex(of: UInt8(ascii: "(")), let close = Self.close(bytes, open)
            {
                checks.append(String(decoding: bytes[(open + 1)..<close], as: UTF8.self))
                index = close
            } else {
                index += 1
            }
        }
    }

    private static func isWord(_ word: String, at index: Int, of bytes: [UInt8]) -> Bool {
        let isPart = { (byte: UInt8) in byte == UInt8(ascii: "_") || (byte | 0x20 >= 97 && byte | 0x20 <= 122) }
        guard index + word.utf8.count < bytes.count, index == 0 || !isPart(bytes[index - 1]) else { return false }
        guard !isPart(bytes[index + word.utf8.count]) else { return false }
        return zip(word.utf8, bytes[index...]).allSatisfy { $0 == $1 & 0xDF }
    }

    /// The bracket that closes one; nil: none does.
    private static func close(_ bytes: [UInt8], _ open: Int) -> Int? {
        var depth = 0
        var index = open
        while index < bytes.count {
            if let end = endOfQuoted(bytes, index) {
                index = end
                continue
            }
            if bytes[index] == UInt8(ascii: "(") { depth += 1 }
            if bytes[index] == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0 { return index }
            index += 1
        }
        return nil
    }

    /// Behind a text, a quoted name or a comment that begins here; nil: none does.
    private static func endOfQuoted(_ bytes: [UInt8], _ start: Int) -> Int? {
        let first = bytes[start]
        if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") {
            let end = bytes[(start + 1)...].firstIndex(of: first)
            return end.map { $0 + 1 } ?? bytes.count
        }
        guard first == UInt8(ascii: "-"), start + 1 < bytes.count, bytes[start + 1] == first else { return nil }
        return bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    }
}
