package import WaybillCore

/// Which modules are installed, by the names of their groups.
extension Transaction {
    /// Notes that the installation of a module begins; whether it is installed already. Again changes nothing.
    package func keepModule(_ name: Text, since moment: Moment) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            INSERT INTO waybill_module (name, since, installed, digest) VALUES (?1, ?2, 0, row_digest(?1, ?2, 0))
            ON CONFLICT (name) DO NOTHING
            """)
        statement.bind(1, name)
        statement.bind(2, moment)
        try statement.run()
        let known = try query("SELECT installed FROM waybill_module WHERE name = ?1")
        known.bind(1, name)
        return try known.first { columns in columns.integer(0) != 0 } ?? false
    }

    /// Notes that a module is installed.
    package func noteInstalled(_ name: Text) throws(StoreFailure) {
        let statement = try statement(
            "UPDATE waybill_module SET installed = 1, digest = row_digest(name, since, 1) WHERE name = ?1")
        statement.bind(1, name)
        try statement.run()
    }
}

/// A module that a file knows.
package struct InstalledModuleRow: Hashable, Sendable {
    package let name: Text
    /// From when on it hears of orders.
    package let since: Moment
    /// False: its installation was interrupted.
    package let isInstalled: Bool
}

extension TableReader where Self: ~Copyable {
    /// Modules after a name, by name.
    package func modules(after name: Text, limit: Int) throws(StoreFailure) -> [InstalledModuleRow] {
        let statement = try query(
            "SELECT name, since, installed FROM waybill_module WHERE name > ?1 ORDER BY name LIMIT ?2")
        statement.bind(1, name)
        statement.bind(2, Int64(limit))
        return try statement.all { columns in
            InstalledModuleRow(
                name: columns.text(0), since: columns.moment(1), isInstalled: columns.integer(2) != 0)
        }
    }

    /// From when on a module hears of orders; nil: there is none of this name.
    package func moduleSince(_ name: Text) throws(StoreFailure) -> Moment? {
        let statement = try query("SELECT since FROM waybill_module WHERE name = ?1")
        statement.bind(1, name)
        return try statement.first { columns in columns.moment(0) }
    }
}
