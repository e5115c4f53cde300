import WaybillCore

/// Counts what became of each step, and tells of each difference. Memory grows with the orders that differ only.
struct ImportReport {
    private(set) var result = ImportResult()
    private let tell: (HistoryDifference) throws -> Void
    private var refusedOrders: Set<OrderID> = []

    init(orderCount: Int, _ tell: @escaping (HistoryDifference) throws -> Void) {
        self.tell = tell
        result.orders = orderCount
    }

    /// A step that was handled now.
    mutating func add(_ entry: HistoryEntry, answer: Answer) throws {
        switch answer {
        case .accepted(let receipt):
            if receipt.isRepeat { result.repeated += 1 } else { result.accepted += 1 }
            try addRepairs(of: entry)
            try compare(entry, status: receipt.status)
        case .refused(let refusal):
            result.refused += 1
            try addRefused(entry, code: Text(refusal.code), reason: Text(refusal.message))
        }
    }

    /// A step that an earlier run has handled.
    mutating func add(_ entry: HistoryEntry, earlier answer: ImportMemory.Answer) throws {
        if case .isOlder(let last) = answer {
            result.refused += 1
            return try addRefused(entry, code: Self.older, reason: Self.olderReason("the order", last))
        }
        result.alreadyThere += 1
        switch answer {
        case .isOlder: break
        case .accepted(let status):
            try addRepairs(of: entry)
            try compare(entry, status: status)
        case .refused(let code, let reason):
            try addRefused(entry, code: code, reason: reason)
        }
    }

    /// An order that did not come to what the history says.
    mutating func addOtherEnd(_ entry: HistoryEntry, _ reason: Text) throws {
        if let order = entry.order, !refusedOrders.contains(order) { result.incompleteOrders += 1 }
        try tell(difference(entry, .differs, code: "differs", reason: reason))
    }

    /// A stock command that is older than the last event of its stock, and not among its events.
    mutating func addOlderStock(_ entry: HistoryEntry, last: Moment) throws {
        result.refusedStock += 1
        try tell(difference(entry, .refused, code: Self.older, reason: Self.olderReason("the stock", last)))
    }

    private static let older: Text = "older_than_last_event"

    private static func olderReason(_ what: String, _ last: Moment) -> Text {
        Text("\(what) has an event of \(last.iso8601) already, and this step, which is older, is not among its events")
    }

    mutating func addStock() { result.accepted += 1 }
    mutating func addEarlierStock() { result.alreadyThere += 1 }

    mutating func addRefusedStock(_ entry: HistoryEntry, _ refusal: Refusal) throws {
        result.refusedStock += 1
        try tell(difference(entry, .refused, code: Text(refusal.code), reason: Text(refusal.message)))
    }

    private mutating func addRefused(_ entry: HistoryEntry, code: Text, reason: Text) throws {
        if let order = entry.order, refusedOrders.insert(order).inserted { result.refusedOrders += 1 }
        try tell(difference(entry, .refused, code: code, reason: reason))
    }

    /// Whether the order has come to where the source says that it ended.
    private mutating func compare(_ entry: HistoryEntry, status: Text) throws {
        guard let order = entry.order, let recorded = entry.note.status, recorded != status,
            !refusedOrders.contains(order)
        else { return }
        result.incompleteOrders += 1
        try tell(
            difference(entry, .incomplete, code: "incomplete", reason: "it is \(status), recorded is \(recorded)"))
    }

    private mutating func addRepairs(of entry: HistoryEntry) throws {
        if entry.note.isMissing {
            result.missing += 1
            try tell(
                difference(
                    entry, .missing, code: "missing", reason: "not recorded; what is recorded after it requires it"))
        }
        if let recorded = entry.note.recorded {
            result.moved += 1
            try tell(
                difference(
                    entry, .moved, code: "moved",
                    reason: "recorded at \(recorded.iso8601), before the step that leads to it"))
        }
        if let leftOut = entry.note.leftOut {
            result.leftOut += 1
            var row = difference(
                entry, .leftOut, code: "left_out", reason: "recorded, but the order is recorded as ended otherwise")
            row.command = leftOut.command
            row.at = leftOut.at
            try tell(row)
        }
    }

    private func difference(
        _ entry: HistoryEntry, _ kind: HistoryDifference.Kind, code: Text, reason: Text
    ) -> HistoryDifference {
        let name: EventName
        var order = entry.order ?? ""
        switch entry.act {
        case .command(let command): name = command.name
        case .timeout, .firing: name = "$timeout"
        case .rest, .workflow, .recording: name = "$rest"
        case .end: name = "$end"
        case .stock(let command):
            name = "$stock"
            order = OrderID(command.stock.sku.text)
        }
        return HistoryDifference(order: order, kind: kind, at: entry.at, command: name, code: code, reason: reason)
    }
}
