package import WaybillCore
package import WaybillStore

/// What may be asked of the broker in a write; it shares the write with orders. One file per verb handles each.
package indirect enum BrokerRequest: Sendable {
    case keepGroup(GroupName, GroupSettings)
    case updateGroup(GroupName, GroupSettings)
    case deleteGroup(GroupName)
    case createTopic(TopicName, TopicSettings)
    case updateTopic(TopicName, TopicSettings)
    /// From: pending messages below this number are known to be none of the topic's.
    case deleteTopic(TopicName, from: PendingMessageNumber = PendingMessageNumber(0))
    /// All of them, or none.
    case send([NewMessage])
    /// By the handle of a delayed message.
    case recall(Text, of: TopicName)
    case reschedule(Text, of: TopicName, to: Moment)
    case prepare(NewMessage, producer: Text, firstCheck: Interval?)
    /// By the transaction id of a half message.
    case resolve(Text, of: TopicName, Resolution)
    /// Asks anew about a parked half message.
    case resume(Text, of: TopicName)
    /// Questions that producers have been sent, by their transaction ids.
    case checksSent([Text])
    /// A producer has come, or has room again, for questions that it missed.
    case wakeMissed(Text)
    /// A group's consumers use an expression for a topic.
    case subscribe(GroupName, Subscription, client: Text)
    /// Before the first delivery beyond the mark.
    case raiseMark(CursorKey, epoch: Int64, to: Int64)
    case take(TakeRequest)
    case acknowledge(DeliveryReceipt)
    /// It comes again after the delay; nil: as the group's ladder says.
    case fail(DeliveryReceipt, delay: Interval?, why: String)
    /// Invisible to others until so long from now.
    case extend(DeliveryReceipt, by: Interval)
    case deadLetter(DeliveryReceipt, why: String)
    /// Dead letters come back, the oldest first, at most so many.
    case redrive(GroupName, limit: Int)
    /// A client goes.
    case leave(GroupName, client: Text)
    case lookBack(GroupName, TopicName, to: LookBackTarget, effects: LookBackEffects = .shut, isPreview: Bool)
    case closeLane(Text, LaneEnd)
}

extension BrokerRequest {
    /// Whether it is a step of receiving and answering, for which no producer and no buyer waits.
    package var isOfReceiving: Bool {
        switch self {
        case .subscribe, .raiseMark, .take, .acknowledge, .fail, .extend, .deadLetter, .leave, .checksSent, .wakeMissed:
            true
        case .keepGroup, .updateGroup, .deleteGroup, .createTopic, .updateTopic, .deleteTopic, .send, .recall,
            .reschedule, .prepare, .resolve, .resume, .redrive, .lookBack, .closeLane:
            false
        }
    }
}

/// What became of a request; handed back only after its commit.
package enum BrokerReply: Sendable {
    case done
    case group(GroupView)
    case topic(TopicView)
    case sent([SentMessage])
    case recalled(MessageID)
    case rescheduled(MessageID, Moment)
    case prepared(PreparedMessage)
    case decided(DecidedMessage)
    /// How many questions that were missed are due now.
    case woken(Int)
    case taken(TakeResult)
    /// How many dead letters came back.
    case redriven(Int)
    case lookedBack(LookBackReport)
    case laneClosed(LaneReport)
    case refused(MessageRefusal)
}

extension BrokerReply {
    /// The refusal, if it is one.
    package var refusal: MessageRefusal? {
        guard case .refused(let refusal) = self else { return nil }
        return refusal
    }
}
