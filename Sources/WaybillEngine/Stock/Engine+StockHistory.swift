package import WaybillCore
import WaybillStore

extension Engine {
    /// The events of a stock's own stream after a version, in order; nil: there has never been any.
    package func history(
        of key: StockKey, after version: Int64 = 0, limit: Int = pageMax
    ) throws -> [(event: EventView, body: StockEventBody)]? {
        try store.read { rows in
            guard let row = try rows.stock(key) else { return nil }
            guard version < .max else { return [] }
            let events = try rows.events(
                of: row.number, fromVersion: max(0, version) + 1, limit: min(max(limit, 1), Self.pageMax))
            return try events.map { event in
                let view = EventView(event)
                do throws(JSONProblem) {
                    return (view, try StockEventBody(view.body))
                } catch {
                    throw EngineFailure.damaged(
                        "event \(view.position.number), byte \(error.offset): \(error.message)")
                }
            }
        }
    }
}
