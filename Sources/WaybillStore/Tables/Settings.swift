package import WaybillCore

extension Transaction {
    /// Stores a number of the whole file under a name.
    package func set(_ name: Text, to value: Int64) throws(StoreFailure) {
        let statement = try statement(
            """
            INSERT INTO setting (name, value, digest) VALUES (?1, ?2, row_digest(?1, ?2))
            ON CONFLICT (name) DO UPDATE SET value = excluded.value, digest = excluded.digest
            """)
        statement.bind(1, name)
        statement.bind(2, value)
        try statement.run()
    }

    /// Stores a text of the whole file under a name.
    package func set(_ name: Text, to value: Text) throws(StoreFailure) {
        let statement = try statement(
            """
            INSERT INTO setting (name, value, digest) VALUES (?1, ?2, row_digest(?1, ?2))
            ON CONFLICT (name) DO UPDATE SET value = excluded.value, digest = excluded.digest
            """)
        statement.bind(1, name)
        statement.bind(2, value)
        try statement.run()
    }

    /// Takes a setting away, if it is there.
    package func removeSetting(_ name: Text) throws(StoreFailure) {
        let statement = try statement("DELETE FROM setting WHERE name = ?1")
        statement.bind(1, name)
        try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    package func numberSetting(_ name: Text) throws(StoreFailure) -> Int64? {
        let statement = try query("SELECT value FROM setting WHERE name = ?1")
        statement.bind(1, name)
        return try statement.first { columns in columns.integer(0) }
    }

    package func textSetting(_ name: Text) throws(StoreFailure) -> Text? {
        let statement = try query("SELECT value FROM setting WHERE name = ?1")
        statement.bind(1, name)
        return try statement.first { columns in columns.text(0) }
    }
}
