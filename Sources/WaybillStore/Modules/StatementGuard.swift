import CSQLite

/// Decides, while a statement is prepared, what it may touch. The engine's own statements may touch everything; a
/// module's only what is not the engine's.
///
/// Installed once per connection: SQLite prepares every statement again after its authorizer was changed, so a switch
/// must not be a change of it.
final class StatementGuard {
    /// Whose statement is being prepared.
    enum Mode {
        case engine
        case module
        /// A module's that only looks.
        case moduleReading
        /// A module's, which may also make and change its own tables.
        case moduleMigration
    }

    var mode = Mode.engine
    /// What the statement at hand was denied, in words.
    private(set) var denial: String?

    /// Must come before each statement of a module.
    func forgetDenial() { denial = nil }

    func install(on handle: OpaquePointer) {
        sqlite3_set_authorizer(
            handle,
            { context, action, first, second, _, _ in
                guard let context else { return SQLITE_DENY }
                let guarding = Unmanaged<StatementGuard>.fromOpaque(context).takeUnretainedValue()
                return guarding.decide(action, first, second)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func decide(
        _ action: Int32, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?
    ) -> Int32 {
        if mode == .engine { return SQLITE_OK }
        let names = [first, second].map { name in name.map { String(cString: $0) } ?? "" }
        let reason =
            mode == .moduleReading && ModuleRights.changes.contains(action)
            ? "rows are only read here"
            : ModuleRights.denial(
                action: action, first: names[0], second: names[1],
                mayMigrate: mode == .moduleMigration)
        guard let reason else { return SQLITE_OK }
        denial = reason
        return SQLITE_DENY
    }
}
