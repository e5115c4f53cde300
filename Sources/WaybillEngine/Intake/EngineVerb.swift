package import WaybillBroker
package import WaybillCore
package import WaybillTimeouts

/// What may be asked of the engine, with its reply; all of it passes one intake and one writer.
///
/// Commands to orders and stocks, changes of timeouts, what a history says to have fired, and every verb of the broker.
package protocol EngineVerb: Sendable {
    associatedtype Reply: Sendable

    /// Whether a caller outside waits for it; false for a consumer's housekeeping.
    var isAwaited: Bool { get }
    /// The order that it is about; nil: none.
    var subject: RequestSubject? { get }

    /// Does it in a write; nil: it keeps its place, which means that it is not answered and comes first in the next
    /// write. Then ``Request/perform(by:in:)`` answers `false`, and so does ``Writer/write(_:firing:)`` at its place in
    /// the list. What it throws undoes it.
    func perform(by writer: Writer, in write: inout Write) throws -> Reply?
    /// The reply that refuses it.
    func refused(_ refusal: Refusal) -> Reply
    /// Why a reply refuses it: of what was asked for together, each by itself; empty: it refuses nothing.
    func refusals(in reply: Reply) -> [RefusedReply]
    /// On whose account it waits when there are many.
    func account(in engine: Engine) -> Account
    /// The refusal that it gets without a write; nil: it may come in.
    func refusalWithoutWrite(of engine: Engine) async -> Refusal?
}

extension EngineVerb {
    package var isAwaited: Bool { true }
    package var subject: RequestSubject? { nil }
    package func refusalWithoutWrite(of engine: Engine) async -> Refusal? { nil }
}

/// A verb of the broker, as the engine sees it.
package struct OfBroker<Verb: BrokerVerb>: EngineVerb {
    let verb: Verb

    package init(_ verb: Verb) { self.verb = verb }

    package var isAwaited: Bool { !Verb.isOfReceiving }

    package func perform(by writer: Writer, in write: inout Write) throws -> BrokerReply<Verb.Answer>? {
        try verb.perform(on: writer.broker, in: write)
    }

    package func refused(_ refusal: Refusal) -> BrokerReply<Verb.Answer> { .failure(MessageRefusal(refusal)) }
    package func refusals(in reply: BrokerReply<Verb.Answer>) -> [RefusedReply] { reply.refusals(of: Verb.self) }
    package func account(in engine: Engine) -> Account { Account() }
}
