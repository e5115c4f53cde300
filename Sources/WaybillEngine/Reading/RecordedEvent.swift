package import WaybillCore
import WaybillStore

/// An event as the file has it, with what the ids of its messages follow from.
package struct RecordedEvent: Hashable, Sendable {
    package let view: EventView
    /// Nil: an event of an earlier release, whose messages keep their ids.
    private let digest: UInt64?

    init(_ row: EventRow, lastPlainID: Position) {
        view = EventView(row)
        digest = row.position > lastPlainID ? row.digest : nil
    }

    /// The id of a message of this event, by its place among them.
    package func messageID(_ index: Int) -> MessageID {
        guard let digest else { return MessageID(event: view.position, ordinal: Int64(index)) }
        return MessageID(event: view.position, ordinal: Int64(index), digest: digest)
    }
}

extension Engine {
    /// The events of an order after a version, in order, with the workflow that reads them; nil when there is no such
    /// order.
    package func recordedEvents(
        of id: OrderID, after version: Int64 = 0, limit: Int = pageMax
    ) throws -> (workflow: Workflow, events: [RecordedEvent])? {
        let page = try store.read { snapshot -> (WorkflowNumber, [RecordedEvent])? in
            guard let row = try snapshot.order(id: id) else { return nil }
            guard version < .max else { return (row.workflow, []) }
            let plain = try snapshot.lastPlainID()
            let events = try snapshot.events(
                of: row.number, fromVersion: version + 1, limit: min(max(limit, 1), Self.pageMax))
            return (row.workflow, events.map { RecordedEvent($0, lastPlainID: plain) })
        }
        guard let (number, events) = page else { return nil }
        return (try workflow(number), events)
    }
}
