import Fixtures
import Foundation
import Histories
import Testing
import WaybillStore
import WaybillTimeouts

/// Each column of each table of a file of everything, given another value of its kind in one row: the check finds it,
/// but for those that the Promises page names.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3"), "changing a file needs sqlite3"))
struct `A changed column` {
    /// What nothing in the file says twice, as the Promises page has it.
    static let unseen: Set<String> = ["timeout.cause"]

    struct Column: CustomTestStringConvertible, Sendable {
        let table: String
        let name: String
        let type: String
        let keys: String

        var testDescription: String { "\(table).\(name)" }

        /// Another value in one row, if possible one that has a value there.
        var change: String {
            let value =
                switch type {
                case "INTEGER": "ifnull(\(name), 0) + 1"
                case "BLOB": "CAST(ifnull(\(name), '') || 'x' AS BLOB)"
                default: "ifnull(\(name), '') || 'x'"
                }
            return """
                PRAGMA ignore_check_constraints = 1; UPDATE OR IGNORE \(table) SET \(name) = \(value) WHERE (\(keys)) IN
                    (SELECT \(keys) FROM \(table) ORDER BY \(name) IS NULL, 1 DESC LIMIT 1);
                SELECT total_changes();
                """
        }
    }

    /// Every column of a file's tables.
    static func columns(of path: String) throws -> [Column] {
        let rows = try sqlite(
            path,
            """
            SELECT m.name || ' ' || c.name || ' ' || c.type || ' ' || (SELECT group_concat(name) FROM
                pragma_table_info(m.name) WHERE pk > 0)
            FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table' ORDER BY m.name, c.cid
            """)
        return rows.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }.map { parts in
            Column(table: parts[0], name: parts[1], type: parts[2], keys: parts[3])
        }
    }

    @Test func `is found, but for those that the Promises page names`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("all.waybill")
        try await FileOfEverything.fill(path)
        let columns = try Self.columns(of: path)
        #expect(columns.count > 200)
        let parts = 4
        let outcomes = try await withThrowingTaskGroup(of: [(String, Bool)].self) { group in
            for part in 0..<parts {
                group.addTask {
                    try columns.enumerated().filter { $0.offset % parts == part }.compactMap { _, column in
                        try isFound(column, in: path).map { (column.testDescription, $0) }
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(outcomes.filter { !$0.1 }.map(\.0)) == Self.unseen)
        // Each table has a row, so that none is passed over.
        let untried = Set(columns.map(\.table)).subtracting(outcomes.map { String($0.0.prefix { $0 != "." }) })
        #expect(untried == [])
    }

    /// Whether the check finds the change; nil: the table is empty.
    private func isFound(_ column: Column, in path: String) throws -> Bool? {
        let directory = try TemporaryDirectory()
        let copy = directory.file("changed.waybill")
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        guard try sqlite(copy, column.change) != "0" else { return nil }
        var settings = Verify.Settings()
        settings.modules = FileOfEverything.modules(.system)
        return try !Verify(settings: settings).run(copy).isSound
    }

    @Test func `of a row without a digest is not found, so that the digest is what finds it`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("all.waybill")
        try await FileOfEverything.fill(path)
        for column in try Self.columns(of: path) where column.name == "digest" && column.table != "event" {
            _ = try sqlite(path, "UPDATE \(column.table) SET digest = NULL")
        }
        for (table, name, type, keys) in [
            ("message", "body", "BLOB", "place"), ("message", "properties", "TEXT", "place"),
            ("effect", "name", "TEXT", "group_number,message_id,name"),
            ("refusal", "detail", "TEXT", "stream,sequence"),
            ("command", "fingerprint", "INTEGER", "generation,shelf,caller,key"),
            ("topic", "retention", "INTEGER", "number"), ("notice", "subject", "TEXT", "number"),
        ] {
            let column = Column(table: table, name: name, type: type, keys: keys)
            #expect(try isFound(column, in: path) == false, "\(column)")
        }
    }

    @Test func `of a table that carries digests is part of them`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("empty.waybill")
        try Store.open(path).close()
        let sealed = Set(try Self.columns(of: path).filter { $0.name == "digest" }.map(\.table))
        #expect(sealed == Set(DigestedTable.allCases.map(\.rawValue)).union(["event"]))
    }
}
