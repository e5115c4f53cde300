import WaybillCore
import WaybillEngine
import WaybillStore

/// Divides the stocks of a file into shares that fit in memory, the same on every machine and in every run.
struct StockShares {
    /// How many there are; a file is read once for each.
    let count: Int

    /// - Parameter keysMax: stocks in memory at a time.
    init(_ engine: Engine, keysMax: Int, pageMax: Int) throws {
        var stocks = 0
        var walk = PageWalk<StockRow, StockKey?>(after: nil, by: \.key, limit: pageMax)
        while let page = try walk.next({ last, limit in
            try engine.store.read { rows in try rows.stocks(after: last, limit: limit) }
        }) { stocks += page.count }
        count = stocks / keysMax + 1
    }

    /// Whether a stock belongs to a share, 0 ..< count.
    func contains(_ key: StockKey, in share: Int) -> Bool {
        guard count > 1 else { return true }
        var digest = Digest()
        digest.add(key.sku.text)
        digest.add(key.location.text)
        return Int(UInt64(bitPattern: digest.value) % UInt64(count)) == share
    }
}
