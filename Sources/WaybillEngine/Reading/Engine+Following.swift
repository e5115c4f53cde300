package import WaybillCore
import WaybillStore

/// An event of the journal, with what it is about.
package struct FollowedEvent: Sendable {
    package let event: RecordedEvent
    package let subject: Subject

    /// What a stream of the journal belongs to.
    package enum Subject: Sendable {
        case order(OrderID, Workflow)
        case stock(StockKey)
        /// Acts of operators, and what the engine tells of itself.
        case audits
    }
}

/// Reading on after a position, as those do who follow the journal.
extension Engine {
    /// The events of the whole journal after a position, in order, each with what it is about.
    package func followed(after position: Position, limit: Int) throws -> [FollowedEvent] {
        let found = try store.read { rows -> [(RecordedEvent, StreamOwner)] in
            let end = try rows.journalEnd().position
            let events = try rows.events(after: position, upTo: end, limit: min(max(limit, 1), Self.pageMax))
            guard !events.isEmpty else { return [] }
            let plain = try rows.lastPlainID()
            var owners: [StreamNumber: StreamOwner] = [:]
            return try events.map { event in
                let owner = try owners[event.stream] ?? rows.owner(of: event.stream)
                owners[event.stream] = owner
                return (RecordedEvent(event, lastPlainID: plain), owner)
            }
        }
        return try found.map { event, owner in
            switch owner {
            case .order(let id, let number):
                return FollowedEvent(event: event, subject: .order(id, try workflow(number)))
            case .stock(let key): return FollowedEvent(event: event, subject: .stock(key))
            case .audits: return FollowedEvent(event: event, subject: .audits)
            }
        }
    }

    /// The stream of an order; nil when there is no such order.
    package func stream(of id: OrderID) throws -> StreamNumber? {
        try store.read { rows in try rows.order(id: id)?.number }
    }

    /// The version that a stream had when the journal ended at a position; 0: it was empty. Found by halves: versions
    /// have no gaps, and positions grow with them.
    package func version(of stream: StreamNumber, at position: Position) throws -> Int64 {
        try store.read { rows in
            if let event = try rows.event(at: position), event.stream == stream { return event.version }
            let last = Int64.max - 1
            var (low, high): (Int64, Int64) = (0, 1)
            // The first version of the stream that is not there, or comes later, is at most `high`.
            while high < last, try rows.holds(high, of: stream, by: position) {
                low = high
                high = high > last / 2 ? last : high * 2
            }
            while high - low > 1 {
                let middle = low + (high - low) / 2
                if try rows.holds(middle, of: stream, by: position) { low = middle } else { high = middle }
            }
            return low
        }
    }
}

/// What a stream belongs to, as its rows say.
private enum StreamOwner {
    case order(OrderID, WorkflowNumber)
    case stock(StockKey)
    case audits
}

extension TableReader where Self: ~Copyable {
    fileprivate func owner(of stream: StreamNumber) throws -> StreamOwner {
        if let order = try order(number: stream) { return .order(order.id, order.workflow) }
        if let stock = try stock(number: stream) { return .stock(stock.key) }
        guard try numberSetting(.auditStream) == stream.number else {
            throw EngineFailure.damaged("the events of stream \(stream.number) belong to nothing in the file")
        }
        return .audits
    }

    /// Whether a version of a stream is at or before a position.
    fileprivate func holds(_ version: Int64, of stream: StreamNumber, by position: Position) throws -> Bool {
        guard let event = try events(of: stream, fromVersion: version, limit: 1).first, event.version == version else {
            return false
        }
        return event.position <= position
    }
}
