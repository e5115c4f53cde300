/// A request to change an order.
package struct Command: Sendable {
    package var order: OrderID
    package var name: EventName
    /// The command's data as one JSON object, UTF-8; empty: `{}`. Checked against the workflow when decided.
    package var data: [UInt8]
    /// The workflow that a first command places the order under; nil: the order must exist.
    package var workflow: WorkflowName?
    /// The role that the caller speaks for; nil: trusted code of this process, no `by:` check.
    package var role: Text?
    /// Names the request for idempotency, within `caller`.
    package var key: Text?
    package var caller: Text
    /// Refused unless the order is at this version; 0: it must not exist.
    package var expectedVersion: Int64?
    package var lane: Text
    /// Kept with the event: a W3C traceparent, or whatever the caller wants to find again.
    package var trace: Text?

    package init(
        order: OrderID, name: EventName, data: [UInt8] = [], workflow: WorkflowName? = nil, role: Text? = nil,
        key: Text? = nil, caller: Text = "", expectedVersion: Int64? = nil, lane: Text = "", trace: Text? = nil
    ) {
        self.order = order
        self.name = name
        self.data = data
        self.workflow = workflow
        self.role = role
        self.key = key
        self.caller = caller
        self.expectedVersion = expectedVersion
        self.lane = lane
        self.trace = trace
    }
}
