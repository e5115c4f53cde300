import CSQLite

/// What a module's statement may do: anything to its own tables, nothing to the engine's.
package enum ModuleRights {
    /// The tables of this release and of later ones, which a module must not take the names of.
    package static let engineTables: Set<String> = [
        "event", "orders", "order_attribute", "refusal", "command", "command_shelf", "stock", "topic", "stored_queue",
        "message", "pending_message", "timeout", "timeout_retry", "workflow", "setting", "call", "job",
        "message_key", "cursor", "redelivery", "fifo_lease", "client_group", "filter", "effect", "lease",
        "module", "waybill_current_workflow", "waybill_timeout_hold", "waybill_opened_effects", "waybill_closed_lane",
        "waybill_module", "waybill_access_token", "waybill_order_count",
    ]

    /// How tables of the engine are called from now on, so that no later release needs a name that a module has.
    package static let enginePrefix = "waybill_"

    /// What changes rows.
    static let changes: Set<Int32> = [SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE]

    /// Why the action is denied, or nil. `first` and `second` mean what SQLite's authorizer says for this action.
    static func denial(
        action: Int32, first: String, second: String, mayMigrate: Bool
    ) -> String? {
        switch action {
        case SQLITE_SELECT, SQLITE_RECURSIVE:
            return nil
        case SQLITE_FUNCTION:
            return second.lowercased() == "load_extension" ? "extensions cannot be loaded" : nil
        case SQLITE_READ:
            if isSchema(first) { return mayMigrate ? nil : "the schema cannot be read outside a migration" }
            return denialOfTable(first)
        case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE:
            // SQLite itself writes its schema table when a table is made. A statement that tries is refused elsewhere.
            if isSchema(first) { return mayMigrate ? nil : "the schema cannot be changed outside a migration" }
            return denialOfTable(first)
        case SQLITE_CREATE_TABLE, SQLITE_DROP_TABLE, SQLITE_REINDEX:
            return denialOfMigration(table: first, mayMigrate)
        case SQLITE_CREATE_INDEX, SQLITE_DROP_INDEX, SQLITE_CREATE_TRIGGER, SQLITE_DROP_TRIGGER, SQLITE_ALTER_TABLE:
            return denialOfMigration(table: second, mayMigrate)
        case SQLITE_CREATE_VIEW, SQLITE_DROP_VIEW:
            return denialOfMigration(table: first, mayMigrate)
        case SQLITE_TRANSACTION, SQLITE_SAVEPOINT:
            return "a module cannot begin, commit or roll back: its rows belong to the write around them"
        case SQLITE_ATTACH, SQLITE_DETACH:
            return "other files cannot be attached"
        case SQLITE_PRAGMA:
            return "PRAGMA \(first) is the store's own business"
        default:
            return "this kind of statement (\(action)) is not for modules"
        }
    }

    private static func denialOfMigration(table: String, _ mayMigrate: Bool) -> String? {
        guard mayMigrate else { return "tables can be made and changed in a migration only" }
        return denialOfTable(table)
    }

    private static func denialOfTable(_ name: String) -> String? {
        let name = name.lowercased()
        if engineTables.contains(name) { return "the table '\(name)' is the engine's" }
        if name.hasPrefix(enginePrefix) {
            return
                "the table '\(name)' could be the engine's, whose names begin with \(enginePrefix); choose another name"
        }
        if name.hasPrefix("sqlite_") { return "the table '\(name)' is SQLite's" }
        return nil
    }

    private static func isSchema(_ name: String) -> Bool {
        name.lowercased() == "sqlite_master" || name.lowercased() == "sqlite_schema"
    }
}
