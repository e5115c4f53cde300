/// Why a command was not accepted. Nothing changed. Each case says which rule, the current value, and what would help.
public enum Refusal: Error, Hashable, Sendable {
    /// No order has this id, and the command does not place one.
    case unknownOrder(OrderID)
    /// The order exists, and the command would place it.
    case orderExists(OrderID)
    case unknownWorkflow(String, meant: String? = nil)
    /// The workflow declares no such command.
    case unknownCommand(EventName, workflow: WorkflowName, meant: EventName? = nil)
    /// No active state has a transition for it whose guard is true.
    case notPossible(EventName, status: String, states: [String], guards: [Condition])
    case wrongRole(EventName, role: String, allowed: [String])
    /// The data does not fit the command: where in it, and what is wrong.
    case badData(EventName, path: String, problem: String)
    case versionConflict(expected: Int64, actual: Int64)
    /// The key was used for another request.
    case keyReused(key: String)
    indirect case insufficientStock(SKU, Location, asked: Int64, free: Int64, Shortage = Shortage())
    /// The order would give back, confirm or ship more than it holds.
    case beyondHolding(SKU, Location, asked: Int64, held: Int64, verb: String)
    /// A stock command that would make the free amount negative, or a count whose expected value is not the real one.
    case stockConflict(SKU, Location, problem: String)
    case invariantBroken(Condition)
    /// Arithmetic left the 64-bit range, a field fell below zero, a collection overflowed, ...
    case arithmetic(String)
    /// A bound of the engine: which one and its value.
    case limit(String, max: Int)
    /// A page was asked for with the token of another list.
    case badCursor
    /// At the door: the intake is full; try again after so many milliseconds.
    case overloaded(retryAfter: Interval)
    /// At the door: so many requests on this account wait already (`the caller ...`, `the SKU ...`), and others go on.
    case crowded(String, max: Int, retryAfter: Interval)
    /// At the door: nothing was free as of the last commit. The same request may be right a moment later.
    case soldOut(SKU, Location, asked: Int64)
    /// The disk is nearly full: orders take nothing until there is room.
    case diskNearlyFull(freePercent: Int)
    /// The commit that this request was part of failed at the disk: it may be in the file or not. Sent again with the
    /// same key when the file is open again, it gets the true answer.
    case outcomeUnknown(String)
    /// An earlier commit failed; the engine accepts nothing until the file is opened again.
    case failStopped(String)
    /// The order book is being closed in order and takes nothing new; what was in line is done.
    case shuttingDown
    /// A failure before the commit (disk full, busy): the whole write was undone.
    case undone(String)
    /// The caller's own rows (`transact`) failed: nothing of the command was kept.
    case rejectedByCaller(String)
    /// No such pending timeout, and none of that name fired lately.
    case unknownTimeout(TimeoutName, of: OrderID)
    /// Too late: the timeout fired at that time.
    case timeoutFired(TimeoutName, at: Moment)
    /// The command answers a call, and its key is that of none that is open.
    case noOpenCall(EventName, key: String?, open: [String])
    /// The command answers a call that has ended: how, and when, where the journal tells.
    case callEnded(EventName, key: String, how: CallEnd, at: Moment?)
    /// The order would end while a call is open whose answer it must hear.
    case callNotAnswered(key: String, isOverdue: Bool, ok: EventName, failed: EventName)
    /// What follows from the command was refused by a child or by the parent: which one, what it was sent, and why,
    /// with what that refusal says by names.
    indirect case relativeRefused(OrderID, EventName, code: String, message: String, values: RefusalValues = [:])
    /// The same answer as to the first request with this key. Answers of releases before have no values.
    case remembered(code: String, message: String, values: RefusalValues)

    /// How a call ended, seen by a worker whose answer came after it.
    public enum CallEnd: Hashable, Sendable {
        /// Another answer came first: it was done, or it was not.
        case done, failed
        /// Nobody answered in time.
        case expired
        /// The order did not want it any more.
        case withdrawn
    }
}
