package import WaybillCore

/// Something that an operator must be able to look up later: an event of the journal, in a stream that belongs to no
/// order and no stock.
package struct AuditNote: Hashable, Sendable {
    /// Begins with `$`, as all events of the engine's own do.
    package var type: EventName
    package var at: Moment
    /// Who asked for it; empty: the engine.
    package var caller: Text
    /// JSON object.
    package var body: [UInt8]
    /// Of who asked for it.
    package var trace: Text?

    package init(_ type: EventName, at: Moment, caller: Text = "", body: [UInt8], trace: Text? = nil) {
        self.type = type
        self.at = at
        self.caller = caller
        self.body = body
        self.trace = trace
    }

    /// What a caller outside did, why, from where, and in which request.
    package init(_ act: Act, by origin: Origin, at: Moment) {
        var writer = JSONWriter()
        var values = act.values
        for (name, text) in origin.audited where !text.isEmpty { values = values.with(name, .text(text.string)) }
        values.write(to: &writer)
        self.init(act.type, at: at, caller: origin.caller, body: writer.bytes, trace: origin.trace)
    }

    /// The same for what has more to tell than values.
    ///
    /// - Parameter members: writes what it was about.
    package init(_ type: EventName, by origin: Origin, at: Moment, _ members: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        writer.beginObject()
        members(&writer)
        for (name, text) in origin.audited where !text.isEmpty {
            writer.key(named: Text(name))
            writer.text(text)
        }
        writer.endObject()
        self.init(type, at: at, caller: origin.caller, body: writer.bytes, trace: origin.trace)
    }
}

/// What a verb did, as the audit says it.
package struct Act: Sendable {
    package var type: EventName
    /// What it was about.
    package var values: RefusalValues

    package init(_ type: EventName, _ values: RefusalValues) {
        self.type = type
        self.values = values
    }
}

extension Origin {
    /// What an audit says of who asked, besides the caller.
    fileprivate var audited: [(name: String, text: Text)] {
        [("reason", reason), ("from", from), ("request", requestID)]
    }
}
