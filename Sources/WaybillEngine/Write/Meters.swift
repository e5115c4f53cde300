import WaybillBroker
public import WaybillCore
import WaybillTimeouts

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
    /// Messages are handed out to a consumer of a group.
    public var delivered: (@Sendable (_ group: GroupName, _ messages: Int) -> Void)?
    /// A timeout of an order has fired, this long after it was due.
    public var fired: (@Sendable (_ late: Interval) -> Void)?

    public init() {}
}

extension Answer {
    /// Why it is refused; empty: it is not.
    var refusals: [RefusedReply] {
        switch self {
        case .accepted: []
        case .refused(let refusal): [.refusal(refusal)]
        }
    }
}

extension Result where Failure == Refusal {
    /// Why it is refused; empty: it is not.
    var refusals: [RefusedReply] {
        switch self {
        case .success: []
        case .failure(let refusal): [.refusal(refusal)]
        }
    }
}

extension Result where Failure == MessageRefusal {
    /// Why it is refused; empty: it is not.
    var refusals: [RefusedReply] {
        switch self {
        case .success: []
        case .failure(let refusal): [.message(refusal)]
        }
    }
}

extension Meters {
    /// Tells of messages that a consumer got.
    func note(_ messages: Int, to group: GroupName) {
        guard let delivered, messages > 0 else { return }
        delivered(group, messages)
    }
}

/// Where refusals are counted when their callers are told.
struct RefusalNotes: Sendable {
    let counts: EngineCounts
    let meters: Meters
    let world: World

    /// Counts what a reply refuses.
    ///
    /// - Parameter place: nil: the code tells; what there is no room or no time for never comes to a write.
    func note<Verb: EngineVerb>(_ reply: Verb.Reply, to verb: Verb, at place: EngineCounts.Place? = nil) {
        for refused in verb.refusals(in: reply) {
            let place = place ?? refused.placeByCode
            counts.add(refused, at: place)
            meters.refused?(refused.code)
            guard let subject = verb.subject else { continue }
            counts.keep(
                SeenRefusal(at: world.now(), order: subject.order, caller: subject.caller, place: place, reply: refused)
            )
        }
    }
}

extension Result {
    /// Why a verb was refused, or things that were asked for by it.
    func refusals<Verb: BrokerVerb>(of verb: Verb.Type) -> [RefusedReply]
    where Success == Verb.Answer, Failure == MessageRefusal {
        switch self {
        case .success(let answer): Verb.refusals(in: answer).map { .message($0) }
        case .failure(let refusal): [.message(refusal)]
        }
    }
}

extension RefusedReply {
    /// Where the intake and the writer refuse with such a code.
    fileprivate var placeByCode: EngineCounts.Place {
        ["overloaded", "crowded", "shutting_down"].contains(code) ? .door : .writer
    }
}
