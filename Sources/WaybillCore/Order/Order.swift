/// What an order is now: the fold of its events.
package struct Order: Hashable, Sendable {
    package var id: OrderID
    /// The position of the order's first event; 0 until that event is appended.
    package var number: StreamNumber
    /// How many events the order has; 0: not placed yet.
    package var version: Int64
    package var workflow: WorkflowHash
    package var placedAt: Moment
    package var configuration: StateSet
    /// By slot of the workflow's context.
    package var context: [Value]
    /// Natural keys seen, for as long as the order lives.
    package var keys: [NaturalKey]
    package var holdings: [Holding]
    package var timeouts: [PendingTimeout]
    package var status: Text
    /// The grey-release route of the command that placed it; empty: the base.
    package var lane: Text
    /// The order that spawned it; nil: somebody else placed it.
    package var parent: OrderID?
    /// The orders that it has spawned, in that order.
    package var children: [Child]
    /// Steps that left the process and are not answered yet.
    package var calls: [OpenCall]
    /// Calls that ended without `ok`, of which the order would hear all the same.
    package var lapsed: [LapsedCall]
    /// How many calls it has ever made: the number of the last one.
    package var callCount: Int64

    package init(id: OrderID, workflow: Workflow, placedAt: Moment, lane: Text = "") {
        self.id = id
        number = StreamNumber(0)
        version = 0
        self.workflow = workflow.hash
        self.placedAt = placedAt
        configuration = StateSet()
        context = workflow.blankContext
        keys = []
        holdings = []
        timeouts = []
        status = ""
        self.lane = lane
        parent = nil
        children = []
        calls = []
        lapsed = []
        callCount = 0
    }

    /// A natural key that a command of this name has used up.
    package struct NaturalKey: Hashable, Sendable {
        package var command: EventName
        package var key: Text
        /// Digest of the data that came with it: the same key with other data is refused.
        package var fingerprint: Int64
        /// The version of the event that used it: what a repeated command is answered with.
        package var version: Int64

        package init(command: EventName, key: Text, fingerprint: Int64, version: Int64) {
            self.command = command
            self.key = key
            self.fingerprint = fingerprint
            self.version = version
        }
    }

    package struct PendingTimeout: Hashable, Sendable {
        package var name: TimeoutName
        package var due: Moment
        /// The lane of the command that armed it, where that is not the order's: what it leads to goes there too.
        package var lane: Text?

        package init(name: TimeoutName, due: Moment, lane: Text? = nil) {
            self.name = name
            self.due = due
            self.lane = lane
        }
    }
}
