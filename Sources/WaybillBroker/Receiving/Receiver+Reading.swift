import Synchronization
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What a consumer sees when it looks: reading messages, and choosing among them.
extension Receiver {
    /// Reads what lies where a look points to, within the bytes of one batch, and says of each what is to become of it.
    func read(_ scan: Scan) throws -> [Candidate] {
        switch scan.source {
        case .fresh(let offsets):
            return try store.read { rows in
                var found: [Candidate] = []
                var bytes = 0
                for offset in offsets {
                    var one = Candidate(
                        offset: offset, attempt: 0, isReplayed: false, message: nil, messageGroup: nil,
                        verdict: .missing)
                    try choose(&one, scan, rows)
                    bytes += one.content == nil ? 0 : one.bytes
                    found.append(one)
                    if bytes > scan.bytesMax { break }
                }
                return found
            }
        case .ready(let after, _):
            return try readRows(scan, after: after)
        }
    }

    private func readRows(_ scan: Scan, after: Int64) throws -> [Candidate] {
        let rows = try store.read { rows in
            try rows.redeliveries(of: scan.key.group, in: scan.key.queue, state: .ready, after: after, limit: 64)
        }
        let mine = groups.want(rows.map(\.offset), of: scan.key)
        var unread = mine
        defer { groups.release(unread, of: scan.key) }
        let found = try store.read { snapshot in
            var found: [Candidate] = []
            var bytes = 0
            for row in rows where mine.contains(row.offset) {
                var one = Candidate(
                    offset: row.offset, attempt: row.attempt, isReplayed: row.isReplayed, message: nil,
                    messageGroup: row.messageGroup, verdict: .missing)
                try choose(&one, scan, snapshot)
                bytes += one.content == nil ? 0 : one.bytes
                found.append(one)
                if bytes > scan.bytesMax { break }
            }
            return found
        }
        unread.subtract(found.map(\.offset))
        return found
    }

    /// Reads one message and decides by the filters whose it is.
    private func choose(_ one: inout Candidate, _ scan: Scan, _ rows: borrowing Snapshot) throws {
        // Beyond all offsets nothing lies, and a damaged row that says so is none of a message.
        guard (0...MessagePlace.offsetMax).contains(one.offset),
            let message = try rows.message(at: scan.key.place(one.offset))
        else { return }
        one.message = message
        let needsProperties =
            scan.origin != nil || scan.filter.readsProperties || scan.others.contains { $0.readsProperties }
        let properties = needsProperties ? try MessageContent.properties(message.message.properties) : [:]
        let isOfTopic = scan.origin.map { properties[MessageContent.originTopic] == $0.text } ?? true
        if isOfTopic, scan.filter.matches(tag: message.message.tag, properties: properties) {
            let event = try message.message.event.flatMap { position in
                try contents.content(
                    of: message.message, by: position, needsBody: message.message.body == nil, in: rows)
            }
            let content = try MessageContent(message.message, event: event)
            one.messageGroup = scan.isFIFO ? content.messageGroup : nil
            one.verdict = .wanted(content)
        } else if !isOfTopic
            || scan.others.contains(where: { $0.matches(tag: message.message.tag, properties: properties) })
        {
            one.verdict = .left
            if scan.isFIFO, one.messageGroup == nil {
                let event = try message.message.event.flatMap { position in
                    try contents.content(of: message.message, by: position, needsBody: false, in: rows)
                }
                one.messageGroup = message.message.messageGroup ?? event?.order.text
            }
        } else {
            one.verdict = .skipped
        }
    }

    /// The batch of an earlier attempt: what of it is still in flight.
    func again(_ batch: [RememberedBatches.Element], _ group: GroupNumber) throws -> [Delivery] {
        var deliveries: [Delivery] = []
        for element in batch {
            guard let (scan, until) = try held(element, group) else { continue }
            let found: Candidate? = try store.read { rows in
                var one = Candidate(
                    offset: element.place.offset, attempt: element.attempt - 1, isReplayed: scan.isReplayed,
                    message: nil, messageGroup: nil, verdict: .missing)
                try choose(&one, scan.scan, rows)
                return one
            }
            guard let found, found.content != nil else { continue }
            let grant = GrantedLease(
                place: element.place, epoch: scan.scan.epoch, attempt: element.attempt, nonce: element.nonce,
                until: until, isReplayed: scan.isReplayed)
            deliveries.append(delivery(found, grant, scan.scan, group))
        }
        return deliveries
    }

    /// Whether a delivery is still out, and until when.
    private func held(
        _ element: RememberedBatches.Element, _ group: GroupNumber
    ) throws -> (scan: (scan: Scan, isReplayed: Bool), until: Moment)? {
        guard let (scan, lease) = groups.delivered(element.place, of: group) else { return nil }
        if let lease {
            guard lease.nonce == element.nonce, lease.attempt == element.attempt else { return nil }
            return (scan, lease.until)
        }
        let row = try store.read { rows in try rows.redelivery(of: group, at: element.place) }
        guard let row, row.state == .held, row.nonce == element.nonce, let until = row.due else { return nil }
        return ((scan.scan, row.isReplayed), until)
    }

    /// What a consumer gets of what it took.
    func delivery(_ found: Candidate, _ grant: GrantedLease, _ scan: Scan, _ group: GroupNumber) -> Delivery {
        let receipt = ReceiptNumbers(grant, scan, group, boot: store.bootNumber).sealed(by: seal)
        return delivery(found, grant, scan, receipt)
    }

    /// - Parameter receipt: worth nothing when nobody is to answer by it.
    func delivery(_ found: Candidate, _ grant: GrantedLease, _ scan: Scan, _ receipt: DeliveryReceipt) -> Delivery {
        let message = found.message
        let content = found.content
        return Delivery(
            id: content?.originID ?? content?.id ?? "", topic: content?.origin ?? scan.topic.name,
            lane: scan.queue.lane, body: content?.body ?? [], tag: message?.message.tag, keys: content?.keys ?? [],
            properties: content?.properties ?? [:], messageGroup: content?.messageGroup,
            priority: Int(scan.queue.priority), bornAt: message?.message.bornAt ?? grant.until,
            storedAt: message?.visibleAt ?? grant.until, attempt: grant.attempt, isReplayed: grant.isReplayed,
            receipt: receipt,
            invisibleUntil: grant.until, event: message?.message.event, order: content?.order,
            place: MessageOrigin(queue: grant.place.queue.number, offset: grant.place.offset), trace: content?.trace)
    }
}
