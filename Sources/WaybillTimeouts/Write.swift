package import WaybillCore
package import WaybillStore

/// One write: its rows, the moment of what it handles, and what it may fire.
///
/// The writer makes one for each attempt at a write and passes it to every verb. It cannot be copied or kept: it ends
/// with the closure of ``WaybillStore/Store``'s write. Only ``lateness`` is for after the commit; all else that is to
/// be known then is noted by its owner: the broker, the ledger of stock, the journal, the writer's attempt.
///
/// A verb that notes nothing borrows it; one that may fire or arm timeouts of orders takes it `inout`. What only stores
/// rows takes the ``transaction`` alone.
package struct Write: ~Copyable {
    /// The rows of the file, as this write sees them.
    package let transaction: Transaction
    /// The moment of what is being handled: of a request, or of a timeout that fires. The writer sets it before each.
    package var now: Moment
    /// By what time keys of commands are kept while the wall clock is in doubt; nil: by that of the command.
    package var steadyNow: Moment?
    /// What it may fire of timeouts of orders, and what it has fired.
    package var firing = Firing(horizon: nil)
    /// The earliest due time that it has armed.
    package var earliestArmed: Moment?
    /// How late the timeouts were that it fired.
    package var lateness: [Lateness] = []

    package init(_ transaction: consuming Transaction, at now: Moment, steadyNow: Moment? = nil) {
        self.transaction = transaction
        self.now = now
        self.steadyNow = steadyNow
    }

    /// By what time keys of commands are kept.
    package var keyTime: Moment { steadyNow ?? now }

    /// Notes a due time that was armed.
    package mutating func arm(_ due: Moment) { earliestArmed = min(earliestArmed ?? due, due) }
}
