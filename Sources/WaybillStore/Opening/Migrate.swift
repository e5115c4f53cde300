import Migrations

/// Brings a file to this release's version: one write per migration, so that a crash leaves a version, never a mixture.
package enum Migrate {
    /// The version that this release works on.
    package static let newest = migrations.count

    static func bring(_ writer: SerialConnection, from version: Int, to last: Int = newest) throws {
        for number in version..<max(version, last) {
            let sql = String(decoding: migrations[number], as: UTF8.self)
            try writer.write { transaction in
                try transaction.connection.execute(sql)
                try transaction.connection.execute("PRAGMA application_id = \(FileIdentity.applicationID)")
                try transaction.connection.execute("PRAGMA user_version = \(number + 1)")
            }
        }
    }
}
