import Foundation
import Testing
import WaybillCore
import WaybillStore

@Suite struct `Every statement of the store` {
    /// Reads the whole of a table on purpose.
    private let reports = ["SELECT count(*) FROM orders"]

    @Test func `finds its rows by a key, and sorts nothing`() throws {
        let store = try Store.inMemory()
        try useEveryVerb(of: store)
        for plan in try store.queryPlans() where !reports.contains(plan.sql) {
            for step in plan.steps {
                #expect(!step.hasPrefix("SCAN") || step.hasPrefix("SCAN (subquery"), "\(step): \(plan.sql)")
                #expect(!step.contains("TEMP B-TREE"), "\(step): \(plan.sql)")
                #expect(!step.contains("AUTOMATIC"), "\(step): \(plan.sql)")
            }
        }
    }

    @Test func `is among those whose plans are looked at`() throws {
        let store = try Store.inMemory()
        try useEveryVerb(of: store)
        let used = Set(try store.queryPlans().map { normalized($0.sql) })
        let written = try statementsInSources()
        #expect(written.count > 50)
        #expect(written.subtracting(used) == [])
    }

    @Test func `would be caught if it scanned`() throws {
        let store = try Store.inMemory()
        _ = try store.read { try $0.countOrders() }
        let plan = try #require(try store.queryPlans().first { $0.sql == reports[0] })
        #expect(plan.steps.contains { $0.hasPrefix("SCAN") })
    }

    /// The literals given to `statement(` and `query(` in the store's tables.
    private func statementsInSources() throws -> Set<String> {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/WaybillStore/Tables")
        let literal = try Regex(#"(?s)(?:statement|query)\(\s*(?:"""\s*(.*?)"""|"([^"\n]*)")"#)
        var found: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: literal) {
                let text = match.output[1].substring ?? match.output[2].substring ?? ""
                found.insert(normalized(String(text)))
            }
        }
        return found
    }

    private func normalized(_ sql: String) -> String {
        sql.split { $0.isWhitespace }.joined(separator: " ")
    }
}
