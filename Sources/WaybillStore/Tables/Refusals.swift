package import WaybillCore

/// Why an order did not move.
package struct RefusalRow: Hashable, Sendable {
    /// Nil: there was no such order.
    package var stream: StreamNumber?
    package var at: Moment
    package var order: OrderID
    package var command: EventName
    package var caller: Text
    package var key: Text?
    /// The name of the rule that refused.
    package var code: Text
    /// A line for its sentence, and one for its values as JSON; a row of an earlier release has the sentence alone.
    package var detail: Text

    package init(
        stream: StreamNumber?, at: Moment, order: OrderID, command: EventName, caller: Text, key: Text?, code: Text,
        detail: Text
    ) {
        self.stream = stream
        self.at = at
        self.order = order
        self.command = command
        self.caller = caller
        self.key = key
        self.code = code
        self.detail = detail
    }

    /// What people read.
    package var message: Text { parts.message }

    /// What programs read; of a row of an earlier release none.
    package var values: RefusalValues { parts.values.map { RefusalValues(stored: String($0)) } ?? RefusalValues() }

    private var parts: (message: Text, values: Substring?) {
        let text = detail.string
        guard let end = text.lastIndex(of: "\n"), text[end...].dropFirst().first == "{" else { return (detail, nil) }
        return (Text(String(text[..<end])), text[end...].dropFirst())
    }

    /// The detail of a row.
    package static func detail(_ message: String, _ values: RefusalValues) -> Text {
        var writer = JSONWriter(capacity: 128)
        values.write(to: &writer)
        return Text("\(message)\n\(String(decoding: writer.bytes, as: UTF8.self))")
    }

    /// How many are kept per order, and of those that belong to none.
    package static let perOrderMax: Int64 = 20
    package static let withoutOrderMax: Int64 = 10_000
}

extension Transaction {
    /// Notes a refusal, and drops the one that it makes too old.
    package func append(_ refusal: RefusalRow) throws(StoreFailure) {
        let stream = refusal.stream?.number ?? 0
        let sequence = try lastRefusal(of: stream) + 1
        let statement = try statement(
            """
            INSERT INTO refusal (stream, sequence, at, order_id, command, caller, key, code, detail, digest)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, row_digest(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))
            """)
        statement.bind(1, stream)
        statement.bind(2, sequence)
        statement.bind(3, refusal.at)
        statement.bind(4, refusal.order)
        statement.bind(5, refusal.command)
        statement.bind(6, refusal.caller)
        statement.bind(7, refusal.key)
        statement.bind(8, refusal.code)
        statement.bind(9, refusal.detail)
        try statement.run()
        let kept = stream == 0 ? RefusalRow.withoutOrderMax : RefusalRow.perOrderMax
        if sequence > kept { try dropRefusals(of: stream, upTo: sequence - kept) }
    }

    private func lastRefusal(of stream: Int64) throws(StoreFailure) -> Int64 {
        let statement = try statement(
            "SELECT sequence FROM refusal WHERE stream = ?1 ORDER BY sequence DESC LIMIT 1")
        statement.bind(1, stream)
        return try statement.first { columns in columns.integer(0) } ?? 0
    }

    /// One row at most in practice: every append that makes one too old comes here.
    private func dropRefusals(of stream: Int64, upTo sequence: Int64) throws(StoreFailure) {
        let statement = try statement("DELETE FROM refusal WHERE stream = ?1 AND sequence <= ?2")
        statement.bind(1, stream)
        statement.bind(2, sequence)
        try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    /// The last refusals of commands that named an order which was not there, the newest first. Looks at the refusals
    /// without an order only, of which there is a bounded number.
    package func refusals(ofUnplaced order: OrderID, limit: Int) throws(StoreFailure) -> [RefusalRow] {
        let statement = try query(
            """
            SELECT at, order_id, command, caller, key, code, detail FROM refusal
            WHERE stream = 0 AND order_id = ?1 ORDER BY sequence DESC LIMIT ?2
            """)
        statement.bind(1, order)
        statement.bind(2, Int64(limit))
        return try statement.all { columns in RefusalRow(columns, stream: nil) }
    }

    /// The last refusals of an order, or with nil of commands that found none; the newest first.
    package func refusals(of stream: StreamNumber?, limit: Int) throws(StoreFailure) -> [RefusalRow] {
        let statement = try query(
            """
            SELECT at, order_id, command, caller, key, code, detail FROM refusal
            WHERE stream = ?1 ORDER BY sequence DESC LIMIT ?2
            """)
        statement.bind(1, stream?.number ?? 0)
        statement.bind(2, Int64(limit))
        return try statement.all { columns in RefusalRow(columns, stream: stream) }
    }
}

extension RefusalRow {
    fileprivate init(_ columns: Columns, stream: StreamNumber?) {
        self.init(
            stream: stream, at: columns.moment(0), order: OrderID(columns.text(1)),
            command: EventName(columns.text(2)), caller: columns.text(3), key: columns.optionalText(4),
            code: columns.text(5), detail: columns.text(6))
    }
}
