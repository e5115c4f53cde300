package import WaybillCore
package import WaybillTimeouts

/// A verb that is refused when its write begins too late: its caller does not wait for it any more.
package struct InTime<Verb: EngineVerb>: EngineVerb {
    let verb: Verb
    /// Until this uptime it may begin.
    let end: Interval

    package init(_ verb: Verb, until end: Interval) {
        self.verb = verb
        self.end = end
    }

    package var isAwaited: Bool { verb.isAwaited }
    package var subject: RequestSubject? { verb.subject }

    package func perform(by writer: Writer, in write: inout Write) throws -> Verb.Reply? {
        guard writer.world.uptime() <= end else { return verb.refused(.overloaded(retryAfter: .seconds(1))) }
        return try verb.perform(by: writer, in: &write)
    }

    package func refused(_ refusal: Refusal) -> Verb.Reply { verb.refused(refusal) }
    package func refusals(in reply: Verb.Reply) -> [RefusedReply] { verb.refusals(in: reply) }
    package func account(in engine: Engine) -> Account { verb.account(in: engine) }
    package func refusalWithoutWrite(of engine: Engine) async -> Refusal? {
        await verb.refusalWithoutWrite(of: engine)
    }
}
