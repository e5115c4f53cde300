package import WaybillCore
package import WaybillStore

/// What an event is besides its body.
struct EventHeader {
    var type: EventName
    var at: Moment
    var caller: Text = ""
    var key: Text?
    var cause: Position?
    var trace: Text?
    var lane: Text = ""

    init(type: EventName, at: Moment) {
        self.type = type
        self.at = at
    }
}

/// The end of the journal: gives out positions and chains digests. Only a commit moves it for good.
struct Journal {
    /// The rules by which this release decides; each event stores their number, and is decided again by it.
    ///
    /// | number | rule | before it |
    /// |---|---|---|
    /// | 1 | the rules of the releases whose events store 1 | |
    /// | 2 | the rules of 1, but for the following lines | |
    /// | 2 | with 64 ended calls of which an order would hear late, a further call is refused | the oldest is dropped |
    /// | 2 | a parallel root ends when all that was raised is heard, the last `onDone:` of a region too | it is lost |
    /// | 2 | a command of more than 5,000,000 evaluation steps is refused | it runs as long as it takes |
    /// | 2 | a time in data is read by `Moment(read:)` | text with a zone, or any number |
    /// | 3 | the rules of 2, but for the following lines | |
    /// | 3 | a timeout or `reschedule` with `at:` in the past is due at that time | due now, or a millisecond later |
    /// | 3 | a step that sets a time outside of the years 1 to 9999 is refused | it is taken |
    static let semantics = Semantics.current

    private var committed: JournalEnd
    private(set) var end: JournalEnd
    private var writer = JSONWriter(capacity: 4_096)
    /// The streams that this write appends to, one entry for each event; nil: they are not noted.
    private var grown: [StreamNumber]?

    init(end: JournalEnd) {
        committed = end
        self.end = end
    }

    /// Where the next event goes; beyond the last number of all it stays, and ``append`` says what is wrong.
    var nextPosition: Position { Position(min(end.position.number, .max - 1) + 1) }

    /// The last position, committed or not.
    var endPosition: Position { end.position }

    /// The last committed position.
    var lastPosition: Position { committed.position }

    /// Appends one event; `body` writes its JSON.
    mutating func append(
        _ header: EventHeader, stream: StreamNumber, version: Int64, in transaction: borrowing Transaction,
        body: (inout JSONWriter) -> Void
    ) throws {
        guard (0..<Int64.max - 1).contains(end.position.number) else {
            throw EngineFailure.damaged(
                "the journal ends at position \(end.position.number), after which no event can come")
        }
        writer.removeAll()
        body(&writer)
        var row = EventRow(
            position: nextPosition, stream: stream, version: version, type: header.type, at: header.at,
            caller: header.caller, key: header.key, cause: header.cause, trace: header.trace, lane: header.lane,
            semantics: Self.semantics.number, digest: 0, body: writer.bytes)
        row.digest = row.chained(after: end.digest)
        try transaction.append(row)
        grown?.append(stream)
        end = JournalEnd(position: row.position, digest: row.digest)
    }

    mutating func endWrite() { committed = end }

    mutating func rollBack() {
        end = committed
        grown?.removeAll(keepingCapacity: true)
    }

    /// The streams that grew since the last call; nil: they were not noted.
    ///
    /// - Parameter notes: whether the next write notes them.
    mutating func takeGrown(thenNotes notes: Bool) -> [StreamNumber]? {
        defer { grown = notes ? [] : nil }
        return grown
    }
}

extension EventRow {
    /// The digest of this event chained to the one before it: what `digest` must be.
    package func chained(after previous: UInt64) -> UInt64 {
        var digest = Digest(seed: Int64(bitPattern: previous))
        digest.add(position.number)
        digest.add(stream.number)
        digest.add(version)
        digest.add(type.text)
        digest.add(at.milliseconds)
        digest.add(caller)
        digest.add(key)
        digest.add(cause?.number ?? 0)
        digest.add(trace)
        digest.add(lane)
        digest.add(semantics)
        digest.add(body)
        return UInt64(bitPattern: digest.value)
    }
}

extension Engine {
    /// The rules by which this release decides.
    package static var semantics: Semantics { Journal.semantics }
}
