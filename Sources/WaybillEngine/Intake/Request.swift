package import WaybillCore
package import WaybillTimeouts

/// Something that was asked of the engine, with the place for its reply: what waits in the intake and is handed to the
/// writer. Each is an ``Asked`` verb, or a verb whose reply is told to a closure.
package protocol Request: AnyObject, Sendable {
    /// Whether a caller outside waits for it; false for a consumer's housekeeping.
    var isAwaited: Bool { get }
    /// The order that it is about; nil: none.
    var subject: RequestSubject? { get }
    /// When it came into the intake, by uptime; nil: it did not come that way.
    var since: Interval? { get }

    /// Does it in a write, and keeps the reply; false: it keeps its place (see ``EngineVerb/perform(by:in:)``). An
    /// undone write does it again.
    func perform(by writer: Writer, in write: inout Write) throws -> Bool
    /// Keeps a refusal as its reply.
    func refuse(_ refusal: Refusal)
    /// Hands its reply to who waits for it: after the commit.
    func resume()
}

/// By what a later request is known to follow an earlier one.
package struct RequestSubject: Sendable {
    package var order: OrderID
    package var caller: Text
    package var key: Text?

    package init(order: OrderID, caller: Text = "", key: Text? = nil) {
        self.order = order
        self.caller = caller
        self.key = key
    }
}

/// A verb on its way through the writer, and its reply once there is one.
///
/// One object for each request, because a request changes hands often on its way and a command is large.
///
/// Sendable, though unchecked: it has one owner at a time. Who asks makes it and lets go; the intake hands it on under
/// its lock to the writer, which alone writes the reply, under its turn; then it is handed on to be resumed, or back to
/// who has waited on the same thread.
package final class Asked<Verb: EngineVerb>: Request, @unchecked Sendable {
    let verb: Verb
    /// What became of it; nil: not known yet. To be read after the write.
    package private(set) var reply: Verb.Reply?
    private let continuation: UnsafeContinuation<Verb.Reply, Never>?
    package let since: Interval?

    package convenience init(_ verb: Verb) { self.init(verb, nil, since: nil) }

    init(_ verb: Verb, _ continuation: UnsafeContinuation<Verb.Reply, Never>?, since: Interval?) {
        self.verb = verb
        self.continuation = continuation
        self.since = since
    }

    package var isAwaited: Bool { verb.isAwaited }
    package var subject: RequestSubject? { verb.subject }

    package func perform(by writer: Writer, in write: inout Write) throws -> Bool {
        reply = try verb.perform(by: writer, in: &write)
        return reply != nil
    }

    package func refuse(_ refusal: Refusal) { reply = verb.refused(refusal) }

    package func resume() {
        guard let continuation, let reply else { return }
        continuation.resume(returning: reply)
    }
}
