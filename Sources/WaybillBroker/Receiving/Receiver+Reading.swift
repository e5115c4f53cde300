import Synchronization
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What a consumer sees when it looks: reading messages, and choosing among them.
extension Receiver {
    /// Reads what lies where a look points to, within the bytes of one batch, and says of each what is to become of it.
    func read(_ look: Look) throws -> [Found] {
        switch look.source {
        case .fresh(let offsets):
            return try store.read { rows in
                var found: [Found] = []
                var bytes = 0
                for offset in offsets {
                    var one = Found(
                        offset: offset, attempt: 0, isReplayed: false, message: nil, messageGroup: nil,
                        verdict: .missing)
                    try choose(&one, look, rows)
                    bytes += one.content == nil ? 0 : one.bytes
                    found.append(one)
                    if bytes > look.bytesMax { break }
                }
                return found
            }
        case .ready(let after, _):
            return try readRows(look, after: after)
        }
    }

    private func readRows(_ look: Look, after: Int64) throws -> [Found] {
        let rows = try store.read { rows in
            try rows.redeliveries(of: look.key.group, in: look.key.queue, state: .ready, after: after, limit: 64)
        }
        let mine = groups.want(rows.map(\.offset), of: look.key)
        var unread = mine
        defer { groups.release(unread, of: look.key) }
        let found = try store.read { snapshot in
            var found: [Found] = []
            var bytes = 0
            for row in rows where mine.contains(row.offset) {
                var one = Found(
                    offset: row.offset, attempt: row.attempt, isReplayed: row.isReplayed, message: nil,
                    messageGroup: row.messageGroup, verdict: .missing)
                try choose(&one, look, snapshot)
                bytes += one.content == nil ? 0 : one.bytes
                found.append(one)
                if bytes > look.bytesMax { break }
            }
            return found
        }
        unread.subtract(found.map(\.offset))
        return found
    }

    /// Reads one message and decides by the filters whose it is.
    private func choose(_ one: inout Found, _ look: Look, _ rows: borrowing Snapshot) throws {
        // Beyond all offsets nothing lies, and a damaged row that says so is none of a message.
        guard (0...MessagePlace.offsetMax).contains(one.offset),
            let message = try rows.message(at: look.key.place(one.offset))
        else { return }
        one.message = message
        let needsProperties =
            look.origin != nil || look.filter.readsProperties || look.others.contains { $0.readsProperties }
        let properties = needsProperties ? try MessageContent.properties(message.message.properties) : [:]
        let isOfTopic = look.origin.map { properties[MessageContent.originTopic] == $0.text } ?? true
        if isOfTopic, look.filter.matches(tag: message.message.tag, properties: properties) {
            let event = try message.message.event.flatMap { position in
                try contents.content(
                    of: message.message, by: position, needsBody: message.message.body == nil, in: rows)
            }
            let content = try MessageContent(message.message, event: event)
            one.messageGroup = look.isFIFO ? content.messageGroup : nil
            one.verdict = .wanted(content)
        } else if !isOfTopic
            || look.others.contains(where: { $0.matches(tag: message.message.tag, properties: properties) })
        {
            one.verdict = .left
            if look.isFIFO, one.messageGroup == nil {
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
            guard let (look, until) = try held(element, group) else { continue }
            let found: Found? = try store.read { rows in
                var one = Found(
                    offset: element.place.offset, attempt: element.attempt - 1, isReplayed: look.isReplayed,
                    message: nil, messageGroup: nil, verdict: .missing)
                try choose(&one, look.look, rows)
                return one
            }
            guard let found, found.content != nil else { continue }
            let grant = Granted(
                place: element.place, epoch: look.look.epoch, attempt: element.attempt, nonce: element.nonce,
                until: until, isReplayed: look.isReplayed)
            deliveries.append(delivery(found, grant, look.look, group))
        }
        return deliveries
    }

    /// Whether a delivery is still out, and until when.
    private func held(
        _ element: RememberedBatches.Element, _ group: GroupNumber
    ) throws -> (look: (look: Look, isReplayed: Bool), until: Moment)? {
        guard let (look, lease) = groups.delivered(element.place, of: group) else { return nil }
        if let lease {
            guard lease.nonce == element.nonce, lease.attempt == element.attempt else { return nil }
            return (look, lease.until)
        }
        let row = try store.read { rows in try rows.redelivery(of: group, at: element.place) }
        guard let row, row.state == .held, row.nonce == element.nonce, let until = row.due else { return nil }
        return ((look.look, row.isReplayed), until)
    }

    /// What a consumer gets of what it took.
    func delivery(_ found: Found, _ grant: Granted, _ look: Look, _ group: GroupNumber) -> Delivery {
        let receipt = ReceiptNumbers(grant, look, group, boot: store.bootNumber).sealed(by: seal)
        return delivery(found, grant, look, receipt)
    }

    /// - Parameter receipt: worth nothing when nobody is to answer by it.
    func delivery(_ found: Found, _ grant: Granted, _ look: Look, _ receipt: DeliveryReceipt) -> Delivery {
        let message = found.message
        let content = found.content
        return Delivery(
            id: content?.originID ?? content?.id ?? "", topic: content?.origin ?? look.topic.name,
            lane: look.queue.lane, body: content?.body ?? [], tag: message?.message.tag, keys: content?.keys ?? [],
            properties: content?.properties ?? [:], messageGroup: content?.messageGroup,
            priority: Int(look.queue.priority), bornAt: message?.message.bornAt ?? grant.until,
            storedAt: message?.visibleAt ?? grant.until, attempt: grant.attempt, isReplayed: grant.isReplayed,
            receipt: receipt,
            invisibleUntil: grant.until, event: message?.message.event, order: content?.order,
            place: MessageOrigin(queue: grant.place.queue.number, offset: grant.place.offset), trace: content?.trace)
    }
}

extension GroupMemory {
    /// What is needed to hand out once more what a group was given: a look without a filter, and the lease if memory
    /// holds it.
    func delivered(
        _ place: MessagePlace, of group: GroupNumber
    ) -> (look: (look: Look, isReplayed: Bool), lease: Lease?)? {
        state.withLock { state in
            guard let course = state.groups[group]?.courses[place.queue], let known = state.queues[place.queue],
                let topic = state.topics[known.topic]
            else { return nil }
            let look = Look(
                key: CourseKey(group: group, queue: place.queue), topic: topic, queue: known.queue,
                epoch: course.epoch, source: .fresh([place.offset]), taking: .memory, filterNumber: 0,
                filter: .everything, others: [], isFIFO: state.groups[group]?.row.isFIFO ?? false, origin: nil, max: 1)
            return ((look, course.isReplayed(place.offset)), course.leases[place.offset])
        }
    }
}
