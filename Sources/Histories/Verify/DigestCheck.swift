import WaybillCore
import WaybillEngine
import WaybillStore

/// Rows that nothing else implies, each against the digest that it carries.
enum DigestCheck {
    static func findings(_ engine: Engine, max: Int) throws -> FileFindings {
        var findings = FileFindings(keptMax: max)
        for table in DigestedTable.allCases {
            for key in try engine.store.read({ rows in try rows.damagedRows(of: table, limit: max) }) {
                findings.add(FileFinding("the row \(key) of the table \(table.name) does not fit its digest"))
            }
        }
        return findings
    }
}
