/// Who asks for a write from outside, why, and in which trace: what the audit says of it.
package struct Origin: Hashable, Sendable {
    /// Names who asks; keys are unique within it.
    package var caller: Text
    /// Why, in the words of an operator; empty: none was needed.
    package var reason: Text
    /// A W3C traceparent.
    package var trace: Text?
    /// Nil: the request may be done twice when it is sent twice.
    package var key: RequestKey?
    /// How it came: `tcp`, or the user at a socket; empty: from a program that has the file open.
    package var from: Text
    /// Names the request in logs and problems; empty: it came by no server.
    package var requestID: Text
    /// Until this uptime it may begin; nil: whenever its turn comes.
    package var end: Interval?
    /// Whether an operator does what is otherwise for a producer or a buyer's shop to do: the audit says so, with a
    /// reason or without.
    package var isByHand: Bool

    package init(
        caller: Text, reason: Text = "", trace: Text? = nil, key: RequestKey? = nil, from: Text = "",
        requestID: Text = "", end: Interval? = nil, isByHand: Bool = false
    ) {
        self.caller = caller
        self.reason = reason
        self.trace = trace
        self.key = key
        self.from = from
        self.requestID = requestID
        self.end = end
        self.isByHand = isByHand
    }
}

/// Names a request within its caller: sent again, it is answered as before, and nothing is done.
package struct RequestKey: Hashable, Sendable {
    package var name: Text
    /// 64 bits of a digest over what is asked: the same name with another request is refused.
    package var fingerprint: UInt64

    package init(_ name: Text, fingerprint: UInt64) {
        self.name = name
        self.fingerprint = fingerprint
    }
}

/// What a request with a key comes to: done now, or answered as it was before.
package enum GivenAnswer<Answer: Sendable>: Sendable {
    case now(Answer)
    /// In the form in which it was stored.
    case before(Text)

    /// The same with another value for what was done now.
    package func map<Other>(_ body: (Answer) -> Other) -> GivenAnswer<Other> {
        switch self {
        case .now(let answer): .now(body(answer))
        case .before(let text): .before(text)
        }
    }
}
