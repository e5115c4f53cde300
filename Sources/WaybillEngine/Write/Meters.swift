import WaybillBroker
public import WaybillCore

/// Who is told each observation that a monitor's histograms and counters are made of: nothing of it can be read later.
///
/// Each is a closure, and nil is the default: then nothing is measured and nothing is called. They are called after the
/// commit, ``wrote`` and ``fired`` on the thread that writes: they must not wait, and must not ask the order book.
public struct Meters: Sendable {
    /// A write is committed: how long it took, its commit included, and how many requests it held. Work that
    /// has a write to itself, upkeep too, counts as one; a write without requests has fired what was due.
    public var wrote: (@Sendable (_ nanoseconds: UInt64, _ requests: Int) -> Void)?
    /// A request is refused, at the door or in its write: the stable code of its ``Refusal`` or ``MessageRefusal``.
    public var refused: (@Sendable (_ code: String) -> Void)?
    /// So many messages are handed out to a consumer of a group.
    public var delivered: (@Sendable (_ group: GroupName, _ messages: Int) -> Void)?
    /// A timeout of an order has fired so long after it was due.
    public var fired: (@Sendable (_ late: Interval) -> Void)?

    public init() {}
}

/// A reply that may be a refusal.
private protocol RefusableReply {
    /// The code of the refusal; nil: it is none.
    var refusalCode: String? { get }
}

extension Answer: RefusableReply {
    fileprivate var refusalCode: String? {
        switch self {
        case .accepted: nil
        case .refused(let refusal): refusal.code
        }
    }
}

extension Result: RefusableReply {
    fileprivate var refusalCode: String? {
        switch self {
        case .success: nil
        case .failure(let failure): (failure as? Refusal)?.code ?? (failure as? MessageRefusal)?.code
        }
    }
}

extension KeptReply: RefusableReply {
    fileprivate var refusalCode: String? { (reply as? any RefusableReply)?.refusalCode }
}

extension Meters {
    /// Tells of a reply that is a refusal.
    func note<Reply>(_ reply: Reply) {
        guard let refused, let code = (reply as? any RefusableReply)?.refusalCode else { return }
        refused(code)
    }

    /// Tells of messages that a consumer got.
    func note(_ messages: Int, to group: GroupName) {
        guard let delivered, messages > 0 else { return }
        delivered(group, messages)
    }
}
