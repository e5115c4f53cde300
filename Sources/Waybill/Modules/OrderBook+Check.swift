import WaybillCore
import WaybillEngine
import WaybillStore

/// Checking modules.
extension OrderBook {
    /// Compares a module's rows with what the orders say; nil: it is not installed in this file.
    ///
    /// For a book on which nobody works: what is placed meanwhile looks like something that the module has missed.
    public func check(_ module: some ShopModule) throws -> ModuleLook? {
        guard try messages.group(module.name) != nil else { return nil }
        guard let since = try engine.moduleSince(module.name) else { return nil }
        let owed = try messages.lag(of: module.name).reduce(0) { $0 + $1.messages }
        var look = ModuleLook(book: self, since: since, owed: owed)
        for text in try changedTables(of: module) { look.expect(false, "\(text)") }
        try module.check(&look)
        return look
    }

    /// What of the module's tables and indexes has another text than the module gives it.
    private func changedTables(of module: some ShopModule) throws -> [String] {
        let made = try Store.schema { tables in try module.migrate(tables) }
        let found = try engine.store.read { rows in try rows.schema() }
        return made.keys.sorted().compactMap { name in
            guard let text = found[name] else { return "\(name) is missing" }
            // A column for digests comes with the first opening by a release that knows them.
            let isAsMade = text == made[name] || text == made[name]?.replacing(", digest INTEGER", with: "")
            return isAsMade ? nil : "the text of \(name) has changed"
        }
    }
}
