/// Timeouts of orders and deadlines of calls are held: who did it, since when, and why. Nothing of them fires while it
/// stands; messages, redeliveries and questions about half messages go on.
public struct TimeoutHold: Hashable, Sendable {
    /// Who holds them; `waybill` when the opening of the file did so by itself.
    public var heldBy: Text
    public var since: Moment
    public var why: Text
    /// When it ends by itself; nil: it stands until it is released.
    public var until: Moment?

    public init(heldBy: Text, since: Moment, why: Text, until: Moment? = nil) {
        self.heldBy = heldBy
        self.since = since
        self.why = why
        self.until = until
    }

    /// The name under which an opening holds timeouts by itself.
    package static var itself: Text { "waybill" }

    /// Of a name or a reason.
    package static var bytesMax: Int { 1_024 }
}
