package import WaybillBroker
package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// A verb of the broker that a caller outside asked for: done once under its key, and audited in its write.
package struct AskedBy<Verb: BrokerVerb>: EngineVerb {
    package typealias Reply = Result<GivenAnswer<Verb.Answer>, MessageRefusal>

    let verb: Verb
    let origin: Origin
    /// The form in which an answer is stored under a key.
    let form: @Sendable (Verb.Answer) -> Text

    package init(_ verb: Verb, by origin: Origin, form: @escaping @Sendable (Verb.Answer) -> Text) {
        self.verb = verb
        var origin = origin
        if verb.isPreview { origin.key = nil }
        self.origin = origin
        self.form = form
    }

    package var isAwaited: Bool { !Verb.isOfReceiving }

    package func perform(by writer: Writer, in write: inout Write) throws -> Reply? {
        if let given = try writer.answerGiven(to: origin, in: write) {
            do throws(Refusal) { return .success(.before(try given.get())) } catch { return refused(error) }
        }
        switch try verb.perform(on: writer.broker, in: write) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let answer):
            if let act = verb.act(answer, by: origin) { writer.broker.note(act, by: origin, in: write) }
            try writer.keep(form(answer), for: origin, in: write)
            return .success(.now(answer))
        }
    }

    package func refused(_ refusal: Refusal) -> Reply { .failure(MessageRefusal(refusal)) }
    package func refusals(in reply: Reply) -> [RefusedReply] { reply.refusals }
    package func account(in engine: Engine) -> Account { Account(caller: origin.caller) }
}

/// Answers to requests that are not about one order or stock, under their keys.
extension Writer {
    /// What was answered to this request before; nil: it has no key, or was not sent yet. A key of another request is
    /// refused.
    func answerGiven(to origin: Origin, in write: borrowing Write) throws -> Result<Text, Refusal>? {
        guard let key = origin.key,
            let row = try write.transaction.command(caller: origin.caller, key: key.name, at: write.keyTime)
        else { return nil }
        guard let answer = row.answer, row.fingerprint == key.fingerprint else {
            return .failure(.keyReused(key: key.name.string))
        }
        return .success(answer)
    }

    /// Stores an answer under the key of its request; without one there is nothing to store.
    func keep(_ answer: @autoclosure () -> Text, for origin: Origin, in write: borrowing Write) throws {
        guard let key = origin.key else { return }
        let row = CommandRow(
            caller: origin.caller, key: key.name, fingerprint: key.fingerprint, answer: answer())
        try write.transaction.insert(row, at: write.keyTime)
    }

    /// The refusal of a request whose time to begin is over; nil: it may begin.
    func refusalOfLate(_ origin: Origin) -> Refusal? {
        guard let end = origin.end, world.uptime() > end else { return nil }
        return .overloaded(retryAfter: .seconds(1))
    }

    /// One write for what an operator asks for: done once under its key, in its time or not at all.
    func ownWrite<Answer: Sendable>(
        for origin: Origin, form: (Answer) -> Text, _ body: (inout Write) throws -> Answer
    ) -> Result<GivenAnswer<Answer>, Refusal> {
        if let refusal = refusalOfLate(origin) { return .failure(refusal) }
        return ownWrite { write in
            if let given = try answerGiven(to: origin, in: write) { return .before(try given.get()) }
            let answer = try body(&write)
            try keep(form(answer), for: origin, in: write)
            return .now(answer)
        }
    }
}

extension Engine {
    /// Has a verb of the broker written for a caller outside; returns after its commit.
    ///
    /// - Parameters:
    ///   - end: until this uptime it may begin; nil: whenever its turn comes.
    ///   - form: in which the answer is stored under the request's key.
    package func submit<Verb: BrokerVerb>(
        _ verb: Verb, by origin: Origin, until end: Interval? = nil, form: @escaping @Sendable (Verb.Answer) -> Text
    ) async -> AskedBy<Verb>.Reply {
        let asked = AskedBy(verb, by: origin, form: form)
        guard let end else { return await submit(asked) }
        return await submit(InTime(asked, until: end))
    }
}
