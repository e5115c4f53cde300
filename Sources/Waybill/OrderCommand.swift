public import WaybillCore

/// A request to change an order.
///
/// ```swift
/// OrderCommand("pay", of: "order-7", data: ["payment": "p-1", "channel": "card", "amount_cents": 4998])
/// ```
public struct OrderCommand: Sendable {
    /// The order, by the shop's own id; at most 256 bytes.
    public var order: OrderID
    /// The name of a command that the order's workflow declares.
    public var name: EventName
    /// The command's data as a JSON object in UTF-8, at most 256 KiB.
    public var data: [UInt8]
    /// The workflow to place the order under; needed by the command that places it, ignored by others.
    public var workflow: WorkflowName?
    /// The role that the caller speaks for, checked against the workflow's `by:`; nil: trusted code, unchecked.
    public var role: String?
    /// Names this request within `caller`: sent again with the same key, it is answered the same and done once.
    /// Remembered for 24 hours at least.
    public var key: String?
    public var caller: String
    /// Refused with ``Refusal/versionConflict(expected:actual:)`` unless the order is at this version.
    public var expectedVersion: Int64?
    /// The grey-release route of the messages, timeouts and commands to relatives that follow from this command; of the
    /// whole order when the command places it. Empty: the order's.
    public var lane: String
    /// Kept with the event, for example a W3C traceparent.
    public var trace: String?

    public init(
        _ name: EventName, of order: OrderID, data: OrderBook.JSON = .object([]), workflow: WorkflowName? = nil,
        role: String? = nil, key: String? = nil, caller: String = "", expectedVersion: Int64? = nil,
        lane: String = "", trace: String? = nil
    ) {
        self.init(
            name, of: order, json: data.bytes, workflow: workflow, role: role, key: key, caller: caller,
            expectedVersion: expectedVersion, lane: lane, trace: trace)
    }

    /// The same with data that is JSON text already.
    public init(
        _ name: EventName, of order: OrderID, json data: [UInt8], workflow: WorkflowName? = nil, role: String? = nil,
        key: String? = nil, caller: String = "", expectedVersion: Int64? = nil, lane: String = "", trace: String? = nil
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

    /// The same request as the engine knows it.
    package var command: Command {
        Command(
            order: order, name: name, data: data, workflow: workflow, role: role.map { Text($0) },
            key: key.map { Text($0) }, caller: Text(caller), expectedVersion: expectedVersion, lane: Text(lane),
            trace: trace.map { Text($0) })
    }
}

extension OrderCommand {
    /// The same with texts that come from a file or a request.
    @_disfavoredOverload
    package init(
        _ name: EventName, of order: OrderID, data: OrderBook.JSON = .object([]), workflow: WorkflowName? = nil,
        role: Text? = nil, key: Text? = nil, caller: Text = "", expectedVersion: Int64? = nil, lane: Text = "",
        trace: Text? = nil
    ) {
        self.init(
            name, of: order, json: data.bytes, workflow: workflow, role: role, key: key, caller: caller,
            expectedVersion: expectedVersion, lane: lane, trace: trace)
    }

    /// The same with data that is JSON text already.
    @_disfavoredOverload
    package init(
        _ name: EventName, of order: OrderID, json data: [UInt8], workflow: WorkflowName? = nil, role: Text? = nil,
        key: Text? = nil, caller: Text = "", expectedVersion: Int64? = nil, lane: Text = "", trace: Text? = nil
    ) {
        self.init(
            name, of: order, json: data, workflow: workflow, role: role?.string, key: key?.string,
            caller: caller.string, expectedVersion: expectedVersion, lane: lane.string, trace: trace?.string)
    }
}
