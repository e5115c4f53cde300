import Waybill

/// A table of a module whose rows carry a digest of what they say, so that a check finds what a disk has changed.
///
/// Each statement that changes a row gives it its digest by `row_digest`, over the columns in their order. A row that
/// an earlier release wrote has none until its next change.
struct SealedTable {
    let name: String
    /// All but the digest, the key's first.
    let columns: [String]

    init(_ name: String, _ columns: String...) {
        self.name = name
        self.columns = columns
    }

    /// Gives the table the column for digests, unless it has it.
    func migrate(_ tables: borrowing ModuleTables) throws {
        let made = try tables.rows(
            "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", [.text(name)])
        guard let text = try made.first?.text("sql"), !text.contains("digest INTEGER") else { return }
        try tables.execute("ALTER TABLE \(name) ADD COLUMN digest INTEGER")
    }

    /// Names the first rows that do not fit their digests. In a file that this release has not yet worked on, there are
    /// none.
    func check(_ look: inout ModuleLook) throws {
        guard let row = try look.rows("SELECT * FROM \(name) LIMIT 1").first, row["digest"] != nil else { return }
        let damaged = try look.rows(
            """
            SELECT quote(\(columns[0])) AS key FROM \(name)
            WHERE digest <> row_digest(\(columns.joined(separator: ", "))) LIMIT 100
            """)
        for row in damaged {
            let key = try row.text("key")
            look.expect(false, "the row \(key) of \(name) does not fit its digest")
        }
    }
}
