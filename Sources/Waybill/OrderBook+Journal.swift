package import WaybillCore
import WaybillEngine
package import WaybillStore

/// Reads of those who follow: what comes after a place, in names and paths.
extension OrderBook {
    /// The events of the journal after a position, in order, at most 1,000.
    package func journal(following position: Position, limit: Int) throws(StoreFailure) -> [JournalEvent] {
        try reading {
            try engine.followed(after: position, limit: limit).map { followed in
                let view = followed.event.view
                do throws(JSONProblem) {
                    return try JournalEvent(followed)
                } catch {
                    throw EngineFailure.damaged("event \(view.position.number), byte \(error.offset): \(error.message)")
                }
            }
        }
    }

    /// The events of an order after a version, at most 1,000, and whether nothing can come after them.
    package func details(
        of id: OrderID, following version: Int64, limit: Int
    ) throws(StoreFailure) -> (events: [EventDetail], isEnd: Bool) {
        let events = try details(of: id, after: version, limit: limit) ?? []
        guard events.isEmpty else { return (events, false) }
        let order = try order(id)
        return ([], order.map { $0.version <= version && $0.hasEnded } ?? true)
    }

    /// The stream of an order, and its version when the journal ended at a position; nil: there is no such order.
    ///
    /// - Parameter position: nil: before the first event.
    package func place(
        in id: OrderID, at position: Position?
    ) throws(StoreFailure) -> (stream: StreamNumber, version: Int64)? {
        try reading {
            guard let stream = try engine.stream(of: id) else { return nil }
            return (stream, try position.map { try engine.version(of: stream, at: $0) } ?? 0)
        }
    }
}

extension OrderView {
    /// Whether nothing can happen to it any more: it is finished, and neither a timeout nor an answer is awaited.
    package var hasEnded: Bool { isFinished && timeouts.isEmpty && openCalls.isEmpty }
}
