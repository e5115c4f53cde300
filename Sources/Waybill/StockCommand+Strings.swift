public import WaybillCore

/// The texts of a command to a stock as a program has them.
extension StockCommand {
    /// Names the request for idempotency, within `caller`.
    public var key: String? {
        get { texts.key?.string }
        set { texts.key = newValue.map { Text($0) } }
    }

    public var caller: String {
        get { texts.caller.string }
        set { texts.caller = Text(newValue) }
    }

    /// Kept with the event: a delivery note, a person, a reason.
    public var note: String? {
        get { texts.note?.string }
        set { texts.note = newValue.map { Text($0) } }
    }

    /// Kept with the event: a W3C traceparent, or whatever the caller wants to find again.
    public var trace: String? {
        get { texts.trace?.string }
        set { texts.trace = newValue.map { Text($0) } }
    }
}
