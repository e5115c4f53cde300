package import WaybillCore

extension Snapshot {
    /// What SQLite finds wrong with the file's pages, indexes and constraints; empty: nothing. Reads the whole file.
    package func integrityProblems() throws(StoreFailure) -> [Text] {
        let lines = try query("PRAGMA integrity_check(100)").all { columns in columns.text(0) }
        return lines == ["ok"] ? [] : lines
    }

    /// The version of the file: how many migrations it has seen.
    package func schemaVersion() throws(StoreFailure) -> Int64 {
        try query("PRAGMA user_version").first { columns in columns.integer(0) } ?? 0
    }
}
