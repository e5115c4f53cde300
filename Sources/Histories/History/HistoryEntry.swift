package import WaybillCore
package import WaybillEngine

/// One thing that was done, and when: what a history consists of.
package struct HistoryEntry: Sendable {
    /// When it happens in the import; entries come in order of it.
    package var at: Moment
    package var act: Act
    /// What the source knows of it beyond the command.
    package var note = HistoryNote()

    package enum Act: Sendable {
        case command(Command)
        /// Stock that came in, was found, lost or counted.
        case stock(StockCommand)
        /// A pending timeout that somebody moved or cancelled.
        case timeout(TimeoutCommand)
        /// Nothing: time passed up to here, and timeouts that were due have fired.
        case rest
        /// The mark of an export, and the form of its lines.
        case recording(form: Int64)
        /// A timeout fired, or a call expired: only in a recording.
        case firing(RecordedFiring)
        /// From here on this text takes the new orders of its workflow; the text itself when it is told first.
        case workflow(WorkflowName, WorkflowHash, text: Text?, caller: Text)
        /// What the order came to in the file that the history was exported from: the SHA-256 of its line.
        case end(OrderID, digest: Text)
    }

    package init(at: Moment, act: Act, note: HistoryNote = HistoryNote()) {
        self.at = at
        self.act = act
        self.note = note
    }

    /// The order that it is about, or nil.
    package var order: OrderID? {
        switch act {
        case .command(let command): command.order
        case .timeout(let command): command.order
        case .firing(let recorded): recorded.order
        case .end(let order, _): order
        case .stock, .rest, .workflow, .recording: nil
        }
    }
}

/// Whether times or causes are believed where a history contradicts itself.
package enum HistoryMode: String, Sendable, CaseIterable {
    /// By recorded time; what is not possible then is refused.
    case strict
    /// By cause: of one order nothing happens before what comes before it in the source. A step whose recorded time is
    /// earlier than its predecessor's happens at the predecessor's time.
    case lenient
}

/// A history: entries in order of time, of many orders.
package protocol HistorySource {
    /// How many different orders it speaks of.
    var orderCount: Int { get }
    var entryCount: Int { get }
    /// The time of the first entry; nil: there is none.
    var start: Moment? { get }
    /// The latest time of an entry, and where it stands.
    var latest: HistoryPlace? { get }
    /// Whether it tells what happened in the order in which it happened, timeouts that fired among it: as an export
    /// does. Then nothing fires by itself.
    var isRecording: Bool { get }
    /// The orders that it speaks of.
    var orderDigests: OrderDigests { get }
    /// Calls `body` for each entry, in order of time, the same at each call.
    func forEach(_ body: (HistoryEntry) throws -> Void) throws
}

/// The time of an entry, with the words by which a person finds it.
package struct HistoryPlace: Hashable, Sendable {
    package var at: Moment
    /// `history.jsonl, line 7`, or `order-7, pay`.
    package var place: String
}

/// A set of orders that takes eight bytes for each.
package struct OrderDigests: Sendable {
    private var digests: Set<Int64> = []

    init() {}

    var count: Int { digests.count }

    mutating func insert(_ order: OrderID) { digests.insert(Self.digest(order)) }

    func contains(_ order: OrderID) -> Bool { digests.contains(Self.digest(order)) }

    private static func digest(_ order: OrderID) -> Int64 {
        var digest = Digest()
        digest.add(order.text)
        return digest.value
    }
}
