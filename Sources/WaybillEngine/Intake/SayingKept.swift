package import WaybillCore
package import WaybillTimeouts

/// A reply, and whether a repeat under the key of its request gets it again.
package struct KeptReply<Reply: Sendable>: Sendable {
    package let reply: Reply
    /// Whether it is stored under that key, by this request or by an earlier one.
    package let isKept: Bool
}

/// A verb about an order or a stock whose reply says as well whether it is stored: only the write knows.
package struct SayingKept<Verb: EngineVerb>: EngineVerb {
    package typealias Reply = KeptReply<Verb.Reply>

    let verb: Verb

    package init(_ verb: Verb) { self.verb = verb }

    package var isAwaited: Bool { verb.isAwaited }
    package var subject: RequestSubject? { verb.subject }

    package func perform(by writer: Writer, in write: inout Write) throws -> Reply? {
        writer.handler.hasKeptAnswer = false
        guard let reply = try verb.perform(by: writer, in: &write) else { return nil }
        return KeptReply(reply: reply, isKept: writer.handler.hasKeptAnswer)
    }

    package func refused(_ refusal: Refusal) -> Reply { KeptReply(reply: verb.refused(refusal), isKept: false) }
    package func refusals(in reply: Reply) -> [RefusedReply] { verb.refusals(in: reply.reply) }
    package func account(in engine: Engine) -> Account { verb.account(in: engine) }
    package func refusalWithoutWrite(of engine: Engine) async -> Refusal? {
        await verb.refusalWithoutWrite(of: engine)
    }
}
