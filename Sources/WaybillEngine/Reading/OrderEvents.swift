package import WaybillBroker
package import WaybillCore
package import WaybillStore

/// What an order's event adds to the messages that it sent: the CloudEvents body, and the order's id as their key.
package struct OrderEvents: EventContents {
    package init() {}

    package func content<Rows: TableReader & ~Copyable>(
        of message: MessageRow, by position: Position, needsBody: Bool, in rows: borrowing Rows
    ) throws -> EventContent? {
        guard let event = try rows.event(at: position), let order = try rows.order(number: event.stream) else {
            return nil
        }
        let isPlain = try position <= rows.lastPlainID()
        let id =
            isPlain
            ? MessageID(event: position, ordinal: message.ordinal)
            : MessageID(event: position, ordinal: message.ordinal, digest: event.digest)
        var content = EventContent(id: id, body: [], order: order.id, trace: event.trace)
        guard needsBody else { return content }
        let said = try Said(event)
        let status = try said.status ?? lastStatus(of: event.stream, before: event.version, in: rows)
        var cloud = CloudEvent(event, order: order.id, status: status, data: said.data)
        // What was sent before there were file ids is sent again as it was: a consumer must know it for the same.
        if !isPlain, let file = try rows.fileID() {
            cloud.origin = CloudEvent.Origin(
                id: id, source: file.source, partitionKey: message.messageGroup ?? order.id.text,
                ordinal: message.ordinal)
        }
        content.body = cloud.json
        return content
    }

    package func events<Rows: TableReader & ~Copyable>(
        withKey key: Text, after event: Position, limit: Int, in rows: borrowing Rows
    ) throws -> [Position] {
        guard let order = try rows.order(id: OrderID(key)) else { return [] }
        var version: Int64 = 1
        if event.number > 0, let last = try rows.event(at: event) { version = last.version &+ 1 }
        return try rows.events(of: order.number, fromVersion: version, limit: limit).map(\.position)
    }

    /// What an event's JSON says of interest here; the rest is passed over, so no workflow is needed.
    private struct Said {
        var status: Text?
        var data: [UInt8]?

        init(_ event: EventRow) throws {
            var status: Text?
            var data: [UInt8]?
            do throws(JSONProblem) {
                try EventFormats.current.read(event.body) { reader throws(JSONProblem) in
                    try reader.object { key, reader throws(JSONProblem) in
                        switch key.string {
                        case "status": status = try reader.text()
                        case "data": data = try reader.rawValue()
                        default: try reader.skipValue()
                        }
                    }
                }
            } catch {
                throw EngineFailure.damaged(
                    "event \(event.position.number), byte \(error.offset): \(error.message)")
            }
            self.status = status
            self.data = data
        }
    }

    /// The status that an earlier event set, looking back from a version; few events of an order leave it as it was.
    private func lastStatus<Rows: TableReader & ~Copyable>(
        of stream: StreamNumber, before version: Int64, in rows: borrowing Rows
    ) throws -> Text {
        var earlier = version &- 1
        while earlier > 0 {
            // One with another version is damaged, or follows one that is.
            guard let event = try rows.events(of: stream, fromVersion: earlier, limit: 1).first,
                event.version == earlier
            else { break }
            if let status = try Said(event).status { return status }
            earlier -= 1
        }
        return ""
    }
}
