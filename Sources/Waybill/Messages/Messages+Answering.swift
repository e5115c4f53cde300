import WaybillBroker
public import WaybillCore
import WaybillEngine

/// Answering for deliveries, one at a time.
extension Messages {
    /// The message is done: this group gets it no more.
    ///
    /// - Throws: ``MessageRefusal/staleReceipt(_:)`` when the delivery is over already; the message may then have been
    ///   given to another consumer.
    public func acknowledge(_ delivery: Delivery) async throws(MessageRefusal) {
        try await ask(Acknowledge(delivery.receipt))
    }

    /// It could not be handled: it comes again after a while, or is dead when it has used up its attempts.
    ///
    /// - Parameter delay: nil: as the group's ladder says.
    public func fail(
        _ delivery: Delivery, retryAfter delay: Interval? = nil, because reason: String = "the consumer failed"
    ) async throws(MessageRefusal) {
        try await ask(Fail(delivery.receipt, delay: delay, why: reason))
    }

    /// It stays invisible to others for this time from now on. Its receipt stays.
    public func extend(_ delivery: Delivery, by invisible: Interval) async throws(MessageRefusal) {
        try await ask(Extend(delivery.receipt, by: invisible))
    }

    /// It cannot be handled, now or ever: it goes to the dead letters.
    public func deadLetter(
        _ delivery: Delivery, because reason: String = "the consumer gave up"
    ) async throws(MessageRefusal) {
        try await ask(GiveUp(delivery.receipt, why: reason))
    }
}

/// What became of an answer that came with a receipt.
public enum ReceiptAnswer: Hashable, Sendable {
    case done
    case refused(MessageRefusal)

    /// Why not; nil: it is done.
    public var refusal: MessageRefusal? { if case .refused(let refusal) = self { refusal } else { nil } }
}

/// Answering by receipts that came back as text, in a group's name: for consumers outside the process.
///
/// A receipt of another group is refused: who may speak for one group may not speak for all. Each receipt has its own
/// answer, in the order of the receipts; those of one call share commits, at most 1,000 of them.
extension Messages {
    /// These messages are done: the group gets them no more.
    public func acknowledge(_ receipts: [DeliveryReceipt], by group: GroupName) async -> [ReceiptAnswer] {
        await answer(receipts, by: group) { own in
            var answers: [ReceiptAnswer] = []
            var rest = own[...]
            while !rest.isEmpty {
                let some = Array(rest.prefix(AcknowledgeMany.receiptsMax))
                rest = rest.dropFirst(some.count)
                switch await engine.submit(AcknowledgeMany(some, by: group)) {
                case .success(let refusals): answers += refusals.map { $0.map { .refused($0) } ?? .done }
                case .failure(let refusal): answers += some.map { _ in .refused(refusal) }
                }
            }
            return answers
        }
    }

    /// They could not be handled: they come again after a while, or are dead when they have used up their attempts.
    ///
    /// - Parameter delay: nil: as the group's ladder says.
    public func fail(
        _ receipts: [DeliveryReceipt], by group: GroupName, retryAfter delay: Interval? = nil,
        because reason: String = "the consumer failed"
    ) async -> [ReceiptAnswer] {
        await answer(receipts, by: group) { await each($0.map { Fail($0, delay: delay, why: reason) }) }
    }

    /// They stay invisible to others for this time from now on. Their receipts stay.
    public func extend(
        _ receipts: [DeliveryReceipt], by group: GroupName, to invisible: Interval
    ) async -> [ReceiptAnswer] {
        await answer(receipts, by: group) { await each($0.map { Extend($0, by: invisible) }) }
    }

    /// They cannot be handled, now or ever: they go to the dead letters.
    public func deadLetter(
        _ receipts: [DeliveryReceipt], by group: GroupName, because reason: String = "the consumer gave up"
    ) async -> [ReceiptAnswer] {
        await answer(receipts, by: group) { await each($0.map { GiveUp($0, why: reason) }) }
    }

    private static let receiptsMax = 1_000

    private func answer(
        _ receipts: [DeliveryReceipt], by group: GroupName,
        _ answerOwn: ([DeliveryReceipt]) async -> [ReceiptAnswer]
    ) async -> [ReceiptAnswer] {
        guard receipts.count <= Self.receiptsMax else {
            return receipts.map { _ in .refused(.limit("receipts in one call", max: Self.receiptsMax)) }
        }
        var answers = receipts.map { receipt -> ReceiptAnswer in
            guard let owner = engine.group(of: receipt), owner != group else { return .done }
            return .refused(.notForThisGroup(group, problem: "the receipt is of another group"))
        }
        let own = receipts.indices.filter { answers[$0].refusal == nil }
        for (index, answer) in zip(own, await answerOwn(own.map { receipts[$0] })) { answers[index] = answer }
        return answers
    }

    private func each<Verb: BrokerVerb>(_ verbs: [Verb]) async -> [ReceiptAnswer] {
        await engine.submit(verbs).map { reply in reply.refusal.map { .refused($0) } ?? .done }
    }
}
