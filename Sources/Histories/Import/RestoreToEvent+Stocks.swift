import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// Whether the stocks are what they were.
extension RestoreToEvent {
    /// Stocks in memory at a time.
    private static let keysMax = 200_000

    /// Compares the stock rows of the new file with what the movements of the other one give.
    func compareStocks(with new: OrderBook, _ report: inout Report) throws {
        let last = try lastWhole()
        let shares = try StockShares(old.engine, keysMax: Self.keysMax, pageMax: Self.pageMax)
        for share in 0..<shares.count {
            var was = try levels(upTo: last) { shares.contains($0, in: share) }
            var walk = PageWalk<StockRow, StockKey?>(after: nil, by: \.key, limit: Self.pageMax)
            while let page = try walk.next({ last, limit in
                try new.engine.store.read { rows in try rows.stocks(after: last, limit: limit) }
            }) {
                for row in page where shares.contains(row.key, in: share) {
                    if was.removeValue(forKey: row.key) != row.level { report.differ(row.key, max: Self.keptMax) }
                }
            }
            for key in was.keys.sorted() { report.differ(key, max: Self.keptMax) }
        }
    }

    /// The last event that is not a limit or a place made, or a limit raised, for the order behind it: without that
    /// order there is none of it.
    private func lastWhole() throws -> Position {
        var last = last
        while let event = try old.engine.store.read({ rows in try rows.event(at: last) }),
            try event.type == .stockOpened || event.type == .limitChanged && !event.lowersLimit
        { last = Position(last.number - 1) }
        return last
    }

    private func levels(upTo last: Position, _ isMine: (StockKey) -> Bool) throws -> [StockKey: StockLevel] {
        var levels: [StockKey: StockLevel] = [:]
        var position = Position(0)
        while true {
            let count = try old.engine.store.read { rows in
                try rows.forEachEvent(after: position, upTo: last, limit: Self.pageMax) { event in
                    position = event.position
                    for movement in try EventSketch(event, besides: acts).movements where isMine(movement.key) {
                        var level = levels[movement.key] ?? StockLevel()
                        level = level.moved(by: movement) ?? level
                        level.noteLimit(movement, by: event.type)
                        levels[movement.key] = level
                    }
                }
            }
            if count < Self.pageMax { return levels }
        }
    }
}

extension RestoreToEvent.Report {
    fileprivate mutating func differ(_ key: StockKey, max: Int) {
        differingStockCount += 1
        if differingStocks.count < max { differingStocks.append(key) }
    }
}
