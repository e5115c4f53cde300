import WaybillCore
import WaybillEngine
import WaybillStore

/// Compares the messages that events say with those that lie in the queues or wait: both ways, digest by digest.
struct MessageCheck {
    /// An event, with what it says that it sent; nil: it cannot be read, which was found before.
    struct Sender {
        let position: Position
        let stream: StreamNumber
        let at: Moment
        let lane: Text
        let messages: [EventBody.MessageTrace]?
        let hasCalls: Bool

        init(_ event: EventRow, _ sketch: EventSketch?) {
            position = event.position
            stream = event.stream
            at = event.at
            lane = event.lane
            messages = sketch?.messages
            hasCalls = sketch?.hasCalls ?? false
        }
    }

    /// A message's event, and its place among that event's messages.
    private struct Key: Hashable, Comparable {
        var event: Position
        var ordinal: Int64

        static func < (left: Key, right: Key) -> Bool { (left.event, left.ordinal) < (right.event, right.ordinal) }
    }

    /// Messages compared.
    private(set) var count = 0
    private let queues: [StoredQueueNumber: StoredQueueRow]
    private let gone: GoneMessages
    private var announcements: ForgottenAnnouncements
    /// More of one page than this are not read: a file with so many extra messages is found wrong anyway.
    private let rowsMax = 100_000

    init(_ engine: Engine) throws {
        var queues: [StoredQueueNumber: StoredQueueRow] = [:]
        var after: StoredQueueNumber? = StoredQueueNumber(0)
        while let last = after {
            let page = try engine.store.read { rows in try rows.storedQueues(after: last, limit: 1_000) }
            for queue in page { queues[queue.number] = queue }
            after = page.count < 1_000 ? nil : page.last?.number
        }
        self.queues = queues
        gone = try GoneMessages(engine, queues: queues.values)
        announcements = ForgottenAnnouncements(engine)
    }

    /// What is wrong with the messages of a page of events, which covers these positions.
    mutating func findings(
        of senders: [Sender], from first: Position, upTo last: Position, _ rows: borrowing Snapshot
    ) throws -> [FileFinding] {
        guard first <= last else { return [] }
        var visible: [Key: StoredMessage] = [:]
        for row in try rows.messages(ofEventsFrom: first, upTo: last, limit: rowsMax) {
            if let event = row.message.event { visible[Key(event: event, ordinal: row.message.ordinal)] = row }
        }
        var pending: [Key: PendingMessageRow] = [:]
        for row in try rows.pendingMessages(ofEventsFrom: first, upTo: last, limit: rowsMax) {
            if let event = row.message.event { pending[Key(event: event, ordinal: row.message.ordinal)] = row }
        }
        var findings: [FileFinding] = []
        for sender in senders {
            for (ordinal, trace) in (sender.messages ?? []).enumerated() {
                let key = Key(event: sender.position, ordinal: Int64(ordinal))
                count += 1
                let what = try problem(
                    trace, of: sender, visible.removeValue(forKey: key), pending.removeValue(forKey: key), rows)
                if let what { findings.append(FileFinding(what).message(key.event, key.ordinal)) }
            }
            if sender.messages == nil {
                visible = visible.filter { $0.key.event != sender.position }
                pending = pending.filter { $0.key.event != sender.position }
            }
        }
        for key in Set(visible.keys).union(pending.keys).sorted() {
            findings.append(FileFinding("no event says that it was sent").message(key.event, key.ordinal))
        }
        return findings
    }

    /// Messages of events beyond the end of the journal.
    func findings(after last: Position, _ rows: borrowing Snapshot) throws -> [FileFinding] {
        guard last.number < .max else { return [] }
        let first = Position(last.number + 1)
        let end = Position(.max)
        let visible = try rows.messages(ofEventsFrom: first, upTo: end, limit: 100).map(\.message)
        let pending = try rows.pendingMessages(ofEventsFrom: first, upTo: end, limit: 100).map(\.message)
        return (visible + pending).map { message in
            FileFinding("its event is not in the journal").message(message.event ?? last, message.ordinal)
        }
    }

    private mutating func problem(
        _ trace: EventBody.MessageTrace, of sender: Sender, _ visible: StoredMessage?, _ pending: PendingMessageRow?,
        _ rows: borrowing Snapshot
    ) throws -> String? {
        switch (visible, pending?.state) {
        case (nil, nil), (nil, .fired), (nil, .committed):
            if gone.contains(trace.topic, lane: sender.lane, event: sender.position, at: sender.at) { return nil }
            if try sender.hasCalls && announcements.contain(trace, of: sender, rows) { return nil }
            return "it is missing: its event sent it to \(trace.topic)"
        case (nil, .recalled), (nil, .rolledBack):
            return nil
        case (let visible?, nil):
            // What was decided about a delayed message is forgotten after a day; it became visible after its birth.
            let isComplete =
                try visible.visibleAt == visible.message.bornAt
                || sender.hasCalls && announcements.announce(trace, of: sender, rows)
            return problem(trace, of: sender, visible, isComplete: isComplete)
        case (let visible?, .fired):
            // The digest covers the due time, which is not stored; the row has its own digest.
            return problem(trace, of: sender, visible, isComplete: false)
        case (let visible?, .committed):
            return problem(trace, of: sender, visible, isComplete: true)
        case (nil, .delayed), (nil, .half), (nil, .parked):
            guard let pending else { return nil }
            guard try rows.topic(pending.topic)?.name == trace.topic else { return "it waits for another topic" }
            guard pending.lane == sender.lane else { return "it waits in another lane than its event's" }
            guard pending.state == .delayed else {
                // When its producer is asked, or its call expires, is nothing that the event says of it.
                return problem(trace, of: sender, pending.message, due: nil, isHalf: true)
            }
            return problem(trace, of: sender, pending.message, due: pending.due)
        case (.some, .delayed), (.some, .half), (.some, .parked), (.some, .recalled), (.some, .rolledBack):
            return "it is visible, and its other row says that it is not"
        }
    }

    private func problem(
        _ trace: EventBody.MessageTrace, of sender: Sender, _ stored: StoredMessage, isComplete: Bool
    ) -> String? {
        guard let queue = queues[stored.place.queue] else { return "it lies in a queue that does not exist" }
        guard queue.topic == trace.topic else {
            return "it lies in topic \(queue.topic), and was sent to \(trace.topic)"
        }
        guard queue.lane == sender.lane else { return "it lies in another lane than its event's" }
        guard isComplete else { return stored.message.tag == trace.tag ? nil : "its tag has changed" }
        return problem(trace, of: sender, stored.message, due: nil)
    }

    private func problem(
        _ trace: EventBody.MessageTrace, of sender: Sender, _ message: MessageRow, due: Moment?, isHalf: Bool = false
    ) -> String? {
        if message.bornAt != sender.at { return "it is born at another time than its event" }
        guard let properties = properties(message.properties) else { return "its properties cannot be read" }
        var outgoing = OutgoingMessage(
            topic: trace.topic, tag: message.tag, key: message.key, messageGroup: message.messageGroup,
            body: message.body, properties: properties, deliverAt: due)
        outgoing.isHalf = isHalf
        if outgoing.digest == trace.digest { return nil }
        // One that became visible in the moment of its birth may have been a half one.
        outgoing.isHalf = true
        return outgoing.digest == trace.digest ? nil : "what it says has changed since its event sent it"
    }

    /// The properties in their order; nil: they are no object of texts.
    private func properties(_ json: Text?) -> [OutgoingMessage.Property]? {
        guard let json else { return [] }
        var properties: [OutgoingMessage.Property] = []
        do throws(JSONProblem) {
            try JSONReader.read(Array(json.string.utf8)) { reader throws(JSONProblem) in
                try reader.object { name, reader throws(JSONProblem) in
                    properties.append(OutgoingMessage.Property(name: name, value: try reader.text()))
                }
            }
        } catch {
            return nil
        }
        return properties
    }
}
