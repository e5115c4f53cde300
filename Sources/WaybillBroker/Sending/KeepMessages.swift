package import WaybillCore
package import WaybillStore
package import WaybillTimeouts

/// Where every message gets its row, whether a client sends it, an order, or an order's call.
///
/// ```
/// visible at once ──► append     ──► message
/// at its time     ──► keepDelayed ─► pending_message and its timeout ──► fireDelayed ──► message
/// when decided    ──► keepHalf    ─► pending_message                 ──► decide      ──► message, or rolled back
/// ```
///
/// What may be refused was checked before.
extension Broker {
    /// Appends a message to the queue of its topic, lane and priority. Queue and topic are made if there are none.
    package func append(
        _ message: MessageRow, to topic: TopicName, lane: Text, priority: Int64 = 0, in write: borrowing Write
    ) throws {
        let queue = try write.transaction.keepStoredQueue(topic: topic, lane: lane, priority: priority, at: write.now)
        try write.transaction.append(message, to: queue)
    }

    /// Keeps a message until its time has come.
    ///
    /// - Parameter event: the event that sends it; nil: a client does.
    package func keepDelayed(
        _ message: MessageRow, in topic: TopicNumber, lane: Text, priority: Int64 = 0, until due: Moment,
        event: Position? = nil, in write: borrowing Write
    ) throws -> PendingMessageNumber {
        let number = try write.transaction.insert(
            PendingMessageRow(
                number: PendingMessageNumber(0), state: .delayed, topic: topic, lane: lane, priority: priority,
                due: due, message: message))
        try write.transaction.insert(.delayedMessage(number, due: due), cause: event)
        return number
    }

    /// Keeps a half message until it is decided.
    ///
    /// - Parameters:
    ///   - producer: who decides it.
    ///   - due: when the producer is asked, or when the call ends whose answer decides it.
    package func keepHalf(
        _ message: MessageRow, of producer: Text, in topic: TopicNumber, lane: Text, priority: Int64 = 0,
        until due: Moment, in write: borrowing Write
    ) throws -> PendingMessageNumber {
        try write.transaction.insert(
            PendingMessageRow(
                number: PendingMessageNumber(0), state: .half, topic: topic, lane: lane, priority: priority, due: due,
                message: message, producer: producer))
    }

    /// Decides a half message that is undecided, by its producer's word or by the answer to its call; false: its topic
    /// is deleted, so that it is rolled back either way. The one place where it happens.
    @discardableResult
    package func decide(_ half: PendingMessageRow, commits: Bool, in write: borrowing Write) throws -> Bool {
        pending.endedQuestions.append(half.number)
        if commits { return try write.transaction.publish(half, as: .committed, at: write.now) != nil }
        try write.transaction.decide(half.number, from: half.state, to: .rolledBack, at: write.now)
        return true
    }
}
