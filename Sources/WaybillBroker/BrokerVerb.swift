package import WaybillCore
package import WaybillTimeouts

/// What may be asked of the broker in a write, with its reply; it shares the write with orders.
///
/// A verb is one file: a struct of what is asked, and what it does. It checks everything before its first statement, so
/// a refusal is a value and has nothing to undo. What it does to the groups it notes in `pending`; what is committed
/// it asks by `committed`, and cannot change. ``WaybillBroker/Acknowledge`` is a short one to begin with.
package protocol BrokerVerb: Sendable {
    associatedtype Answer: Sendable

    /// Whether it is housekeeping of consumers and check-backs, for which no producer and no buyer waits.
    static var isOfReceiving: Bool { get }

    /// Whether it only tells what it would do: then no answer is stored under its key.
    var isPreview: Bool { get }

    /// What the audit says of it when a caller outside asked for it; nil: nothing, it is no act of an operator.
    func act(_ answer: Answer, by origin: Origin) -> Act?

    /// What an answer refuses of the things that were asked for together; empty: it is of one, or did all.
    static func refusals(in answer: Answer) -> [MessageRefusal]

    /// Does it; what it answers is handed out only after the commit. What it throws undoes it.
    func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Answer>
}

extension BrokerVerb {
    package static var isOfReceiving: Bool { false }
    package var isPreview: Bool { false }
    package func act(_ answer: Answer, by origin: Origin) -> Act? { nil }
    package static func refusals(in answer: Answer) -> [MessageRefusal] { [] }
}

/// What became of a verb.
package typealias BrokerReply<Answer> = Result<Answer, MessageRefusal>

extension Result where Failure == MessageRefusal {
    package static func refused(_ refusal: MessageRefusal) -> Self { .failure(refusal) }

    /// The refusal, if it is one.
    package var refusal: MessageRefusal? {
        guard case .failure(let refusal) = self else { return nil }
        return refusal
    }
}

extension Result where Success == Void, Failure == MessageRefusal {
    static var done: Self { .success(()) }
}

/// Who has verbs written: the engine.
package protocol VerbWriter: Sendable {
    /// Has a verb written; returns after its commit.
    func submit<Verb: BrokerVerb>(_ verb: Verb) async -> BrokerReply<Verb.Answer>

    /// Makes messages and redeliveries visible whose time has come, as many as a write may; false: there are none.
    func surfaceOverdue() async -> Bool
}
