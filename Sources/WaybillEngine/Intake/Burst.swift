package import WaybillBroker
package import WaybillCore
package import WaybillTimeouts

/// Verbs of the broker that came in together, each asked for by itself: one place in the line and one write, and a
/// reply for each.
package struct Burst<Verb: BrokerVerb>: EngineVerb {
    /// One of them, and until which uptime it may begin; nil: whenever its turn comes.
    package typealias One = (verb: Verb, end: Interval?)

    let ones: [One]
    /// On whose account it waits: they are all of one caller.
    let caller: Text

    package init(_ ones: [One], of caller: Text) {
        self.ones = ones
        self.caller = caller
    }

    package var isAwaited: Bool { !Verb.isOfReceiving }

    package func perform(by writer: Writer, in write: inout Write) throws -> [BrokerReply<Verb.Answer>]? {
        let now = writer.world.uptime()
        var replies: [BrokerReply<Verb.Answer>] = []
        replies.reserveCapacity(ones.count)
        for one in ones {
            // Who asked does not wait for it any more.
            if let end = one.end, now > end {
                replies.append(.failure(.overloaded("it was not begun in time", retryAfter: .seconds(1))))
            } else {
                replies.append(try one.verb.perform(on: writer.broker, in: write))
            }
        }
        return replies
    }

    package func refused(_ refusal: Refusal) -> [BrokerReply<Verb.Answer>] {
        ones.map { _ in .failure(MessageRefusal(refusal)) }
    }

    package func refusals(in replies: [BrokerReply<Verb.Answer>]) -> [RefusedReply] {
        replies.flatMap { $0.refusals(of: Verb.self) }
    }

    package func account(in engine: Engine) -> Account { Account(caller: caller) }
}

extension Engine {
    /// Has verbs of the broker written for callers that wait in no task: `reply` is called after the commit, on the
    /// thread that hands out replies, and must not wait.
    package func submit<Verb: BrokerVerb>(
        _ burst: Burst<Verb>, reply: @escaping @Sendable ([BrokerReply<Verb.Answer>]) -> Void
    ) {
        if world.virtualClock != nil { return reply(perform(burst)) }
        let told = Told(burst, since: world.uptime()) { [refusals] replies in
            refusals.note(replies, to: burst)
            reply(replies)
        }
        if let refusal = intake.add(.request(told), for: burst.account(in: self)) {
            told.refuse(refusal)
            told.resume()
        }
    }
}

/// A verb whose reply is told to a closure instead of to a task that waits.
///
/// Sendable, though unchecked, for the reason that ``Asked`` has: it has one owner at a time.
private final class Told<Verb: EngineVerb>: Request, @unchecked Sendable {
    private let verb: Verb
    private let tell: @Sendable (Verb.Reply) -> Void
    private var reply: Verb.Reply?
    let since: Interval?

    init(_ verb: Verb, since: Interval?, _ tell: @escaping @Sendable (Verb.Reply) -> Void) {
        self.verb = verb
        self.since = since
        self.tell = tell
    }

    var isAwaited: Bool { verb.isAwaited }
    var subject: RequestSubject? { verb.subject }

    func perform(by writer: Writer, in write: inout Write) throws -> Bool {
        reply = try verb.perform(by: writer, in: &write)
        return reply != nil
    }

    func refuse(_ refusal: Refusal) { reply = verb.refused(refusal) }

    func resume() {
        guard let reply else { return }
        tell(reply)
    }
}
