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
        case .stock, .rest: nil
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
    /// Calls `body` for each entry, in order of time, the same at each call.
    func forEach(_ body: (HistoryEntry) throws -> Void) throws
}
