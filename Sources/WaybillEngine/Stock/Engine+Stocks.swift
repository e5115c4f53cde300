package import WaybillCore
import WaybillStore

/// Lists of stocks.
extension Engine {
    /// The stocks after a key, in order of SKU and location.
    package func stocks(after key: StockKey?, limit: Int) throws -> [(key: StockKey, level: StockLevel)] {
        try store.read { snapshot in
            try snapshot.stocks(after: key, limit: min(max(limit, 1), Self.pageMax)).map { ($0.key, $0.level) }
        }
    }

    /// Stocks whose SKU begins with a text, after one of them.
    package func stocks(
        beginning prefix: Text, after: StockKey?, limit: Int
    ) throws -> [(key: StockKey, level: StockLevel)] {
        guard !prefix.isEmpty else { return try stocks(after: after, limit: limit) }
        var found: [(key: StockKey, level: StockLevel)] = []
        // No SKU that begins with the prefix sorts before the prefix itself.
        let first = StockKey(sku: SKU(prefix), location: "")
        if after == nil, let level = try stock(first) { found.append((first, level)) }
        if found.count < limit { found += try stocks(after: after ?? first, limit: limit - found.count) }
        return Array(found.prefix { $0.key.sku.text.string.utf8.starts(with: prefix.string.utf8) })
    }
}
