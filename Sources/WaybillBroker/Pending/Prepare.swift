package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Takes in a half message.
package struct Prepare: BrokerVerb {
    var message: NewMessage
    var producer: Text
    /// How long its producer has before it is asked; nil: as the settings say.
    var firstCheck: Interval?
    /// Whether the journal is asked instead of its producer: what became of the producer's command with the message's
    /// id as its key, to an order that the message has among its keys.
    var isAnsweredByJournal: Bool

    package init(_ message: NewMessage, producer: Text, firstCheck: Interval?, isAnsweredByJournal: Bool = false) {
        self.message = message
        self.producer = producer
        self.firstCheck = firstCheck
        self.isAnsweredByJournal = isAnsweredByJournal
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<PreparedMessage> {
        try broker.prepare(
            message, producer: producer, firstCheck: firstCheck, isAnsweredByJournal: isAnsweredByJournal, in: write)
    }
}

/// Half messages: durable when prepared, and visible to no consumer until their producer decides.
///
/// ```
///            resolve: commit                      the last question came to nothing
///  half ───────────────────────► committed   half ─────────────────────────────────► parked
///   │                                         ▲                                        │ │
///   │ resolve: rollback                       └──────────── resume ────────────────────┘ │
///   └───────────────────────► rolled back   committed or rolled back ◄──── resolve ──────┘
/// ```
///
/// The first terminal decision wins: it is an update that names the state which it expects. A decision repeated answers
/// the same; another one is refused and told what was decided, and when. *Unknown* decides nothing.
extension Broker {
    /// Takes in a half message.
    ///
    /// - Parameter firstCheck: how long its producer has before it is asked; nil: as the settings say.
    func prepare(
        _ message: NewMessage, producer: Text, firstCheck: Interval?, isAnsweredByJournal: Bool = false,
        in write: borrowing Write
    ) throws -> BrokerReply<PreparedMessage> {
        if let refusal = disk.refusalOfMessages { return .refused(refusal) }
        if let refusal = refusal(ofHalf: message, producer: producer, firstCheck: firstCheck) {
            return .refused(refusal)
        }
        guard let topic = try write.transaction.knownTopic(message.topic) else {
            return .refused(.unknownTopic(message.topic))
        }
        guard topic.type.takes(.transaction) else {
            return .refused(.wrongType(message.topic, takes: topic.type, asked: .transaction))
        }
        if let refusal = refusal(ofLane: message.lane) { return .refused(refusal) }
        let id = message.id ?? MessageID(random: world.random)
        let due = write.now.advanced(by: firstCheck ?? settings.checkBacks.first)
        let number = try keepHalf(
            MessageRow(message, id: id, bornAt: write.now),
            of: isAnsweredByJournal ? JournalProducer(of: producer).stored : producer, in: topic.number,
            lane: message.lane,
            priority: Int64(message.priority), until: due, in: write)
        try write.transaction.insert(.checkBack(number, due: due))
        return .success(
            PreparedMessage(id: id, transaction: seal.handle(of: number, in: topic.number, for: .transaction)))
    }

    private func refusal(ofHalf message: NewMessage, producer: Text, firstCheck: Interval?) -> MessageRefusal? {
        do throws(MessageFlaw) {
            try settings.limits.check(producer: producer)
            if let firstCheck { try settings.limits.check(firstCheck: firstCheck) }
            try settings.limits.check(message)
            guard message.deliverAt == nil else {
                throw MessageFlaw(.deliverAt, "a half message becomes visible when it is committed; leave the time out")
            }
            return nil
        } catch {
            return .flawed(error)
        }
    }
}
