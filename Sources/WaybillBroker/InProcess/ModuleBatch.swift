package import WaybillCore
package import WaybillStore
package import WaybillTimeouts

/// Messages that a module of this process has found, and that it handles and finishes in one write.
///
/// Nothing is written before that write: in a FIFO group no other consumer looks at new messages while the batch is
/// out, in an ordinary one its messages are leased in memory. A message that ends the process has used an attempt all
/// the same, as the delivered-through mark is beyond it.
package struct ModuleBatch: Sendable {
    /// A message with what the group's memory says of it.
    struct Element: Sendable {
        let found: Candidate
        /// Its lease in memory; nil in a FIFO group, where it is taken by the write.
        let grant: GrantedLease?
        let delivery: Delivery?
    }

    let scan: Scan
    package let group: GroupNumber
    var elements: [Element]

    package var isEmpty: Bool { elements.isEmpty }
    package var count: Int { elements.count }

    /// Forgets the first messages, with which a write has dealt.
    package mutating func drop(_ count: Int) { elements.removeFirst(min(count, elements.count)) }
}

/// What a module gets when it asks for messages.
package enum ReceivedBatch: Sendable {
    case deliveries([Delivery])
    /// To be given back when it is dealt with, or cannot be.
    case batch(ModuleBatch)

    /// Whether a consumer gets nothing.
    var isEmpty: Bool {
        switch self {
        case .deliveries(let deliveries): deliveries.isEmpty
        case .batch: false
        }
    }
}

/// What was found out about a batch before its first message: whether each needs a look at the rows of its group.
package struct ModuleBatchCheck {
    let topic: TopicState
    /// No message has to wait for another: the group is an ordinary one, or has nothing in flight and is owed nothing
    /// by rows.
    let isClear: Bool
}

extension Broker {
    /// Whether a batch may still be handled, and what is to be asked for each message; nil: the group has looked
    /// back or was deleted since, and all of it must be given back.
    package func check(_ batch: ModuleBatch) -> ModuleBatchCheck? {
        let key = batch.scan.key
        guard let group = groupRow(key.group), epoch(of: key) == batch.scan.epoch,
            let topic = topicState(of: key.queue), topic.number == batch.scan.topic.number
        else { return nil }
        let isClear = !group.isFIFO || committed({ $0.isClear(group.number, topic) })
        return ModuleBatchCheck(topic: topic, isClear: isClear)
    }

    /// The message at an index for its handler; nil: no consumer wants it, or it is not its turn, and it is dealt with.
    package func begin(
        _ index: Int, of batch: ModuleBatch, _ check: ModuleBatchCheck, in write: borrowing Write
    ) throws -> Delivery? {
        let element = batch.elements[index]
        let (key, offset) = (batch.scan.key, element.found.offset)
        guard batch.scan.isFIFO else {
            // A lease that has ended belongs to another client now.
            guard let grant = element.grant, lease(of: offset, in: key)?.nonce == grant.nonce else { return nil }
            return element.delivery
        }
        guard isFree(offset, in: key) else { return nil }
        guard let delivery = element.delivery else {
            finish(offset, in: key)
            return nil
        }
        guard !check.isClear else { return delivery }
        var row = RedeliveryRow(
            group: key.group, queue: key.queue, offset: offset, attempt: 0, state: .behind,
            messageGroup: element.found.messageGroup)
        guard try isBusy(row, check.topic, in: write) else { return delivery }
        row.isReplayed = element.found.isReplayed
        try insert(row, in: write)
        return nil
    }

    /// The number of a group that there is.
    package func number(of name: GroupName, in write: borrowing Write) throws -> GroupNumber? {
        try groupNumber(name, in: write)?.number
    }

    /// Ends the delivery of a message whose handler has returned.
    package func acknowledge(
        _ index: Int, of batch: ModuleBatch, _ check: ModuleBatchCheck, in write: borrowing Write
    ) throws {
        let element = batch.elements[index]
        guard let delivery = element.delivery, let group = groupRow(batch.group) else { return }
        finish(element.found.offset, in: batch.scan.key)
        if batch.scan.isFIFO, !check.isClear {
            try freeMessageGroup(
                element.found.messageGroup, of: MessagePlace(delivery.place), check.topic, group.number, in: write)
        }
        count(group.number, succeeded: true)
        let place = MessagePlace(delivery.place)
        if element.grant == nil { trace(.delivered, place, group, Self.module, delivery.attempt, at: write.now) }
        trace(
            .acknowledged, place, group, Self.module, delivery.attempt, at: write.now,
            took: write.now.since(delivery.storedAt))
    }

    /// Lets the mark run ahead of the messages that a module will find next, so that their writes need no other one.
    package func raiseMark(beyond batch: ModuleBatch) {
        guard batch.scan.isFIFO, let last = batch.elements.last?.found.offset,
            groupRow(batch.group).map({ $0.attemptsMax > 1 }) ?? false
        else { return }
        change(batch.scan.key) { $0.raiseMark(to: last + 1 + Self.marksAhead) }
    }

    /// By what name modules of this process appear in traces.
    package static let module: Text = "module"
    /// How far the mark of a module's group is ahead. After a crash as many messages have used an attempt at most.
    static let marksAhead: Int64 = 200
}
