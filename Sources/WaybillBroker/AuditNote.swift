package import WaybillCore

/// Something that somebody must be able to read up later: an event of the journal, in a stream that belongs to no
/// order and no stock.
package struct AuditNote: Hashable, Sendable {
    /// Begins with `$`, as all events of the engine's own do.
    package var type: EventName
    package var at: Moment
    /// Who asked for it; empty: the engine.
    package var caller: Text
    /// JSON object.
    package var body: [UInt8]

    package init(_ type: EventName, at: Moment, caller: Text = "", body: [UInt8]) {
        self.type = type
        self.at = at
        self.caller = caller
        self.body = body
    }
}
