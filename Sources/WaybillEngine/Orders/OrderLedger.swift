package import WaybillCore
package import WaybillStore

/// The orders that the current write has read or changed, as they will be after it.
final class OrderLedger {
    /// One order with what the store knows of it.
    final class Entry {
        var order: Order
        let workflow: OpenWorkflow
        /// The order that spawned it, while it is not stored.
        var parent: Entry?
        /// The order at the top of its family; nil: itself.
        fileprivate let root: StreamNumber?
        /// What the attribute rows say; nil: the order is not stored yet.
        fileprivate var storedAttributes: [OrderAttribute]?
        /// What the row says; nil: there is none yet.
        fileprivate var storedStatus: Text?
        fileprivate var isDirty = false

        init(order: Order, workflow: OpenWorkflow, isStored: Bool, root: StreamNumber? = nil) {
            self.order = order
            self.workflow = workflow
            self.root = root
            storedAttributes = isStored ? order.attributes(under: workflow.workflow) : nil
            storedStatus = isStored ? order.status : nil
        }

        /// The number of the order at the top of its family.
        fileprivate var top: StreamNumber { parent?.top ?? root ?? order.number }
    }

    /// The orders of a write that is over. To free hundreds of them takes as long as to decide some: another thread
    /// may do it.
    struct Left: @unchecked Sendable {
        // Unchecked: nothing looks at them any more.
        fileprivate let entries: [OrderID: Entry]
        fileprivate let numbered: [StreamNumber: Entry]
    }

    /// As few as these are freed at once.
    private static let freedHereMax = 8

    private var entries: [OrderID: Entry] = [:]
    /// The same by number: an order that this very write placed has no row yet.
    private var numbered: [StreamNumber: Entry] = [:]
    private var dirty: [Entry] = []
    private var left: Left?
    private var writer = JSONWriter(capacity: 1_024)
    /// How many orders there are of each sort.
    private(set) var counts: OrderCounts

    init(countedTo: StreamNumber?) { counts = OrderCounts(countedTo: countedTo) }

    func entry(_ id: OrderID) -> Entry? { entries[id] }

    func entry(_ number: StreamNumber) -> Entry? { numbered[number] }

    func add(_ entry: Entry) {
        entries[entry.order.id] = entry
        numbered[entry.order.number] = entry
    }

    /// Takes up the order after an event.
    func change(_ entry: Entry, to order: Order) {
        entry.order = order
        if !entry.isDirty {
            entry.isDirty = true
            dirty.append(entry)
            add(entry)
        }
    }

    /// Writes each changed order once.
    func flush(in transaction: borrowing Transaction) throws {
        for entry in dirty {
            let attributes = entry.order.attributes(under: entry.workflow.workflow)
            writer.removeAll()
            entry.order.writeState(to: &writer, under: entry.workflow.workflow)
            let row = OrderRow(
                number: entry.order.number, id: entry.order.id, workflow: entry.workflow.number,
                version: entry.order.version, status: entry.order.status, placedAt: entry.order.placedAt,
                lane: entry.order.lane, parent: entry.parent?.order.number, root: entry.parent?.top,
                state: writer.bytes)
            if entry.storedAttributes == nil { try transaction.insert(row) } else { try transaction.update(row) }
            try transaction.replaceAttributes(of: row.number, old: entry.storedAttributes ?? [], new: attributes)
            entry.storedAttributes = attributes
            counts.move(entry.order, of: entry.workflow.number, from: entry.storedStatus)
            entry.storedStatus = entry.order.status
            entry.isDirty = false
        }
        dirty.removeAll(keepingCapacity: true)
        try counts.flush(in: transaction)
    }

    /// Counts the next orders of those that an earlier release has placed; false: all are counted.
    func countMore(limit: Int, in transaction: borrowing Transaction) throws -> Bool {
        try counts.countMore(limit: limit, in: transaction)
    }

    func endWrite() {
        counts.endWrite()
        left = nil
        guard entries.count > Self.freedHereMax else {
            entries.removeAll(keepingCapacity: true)
            numbered.removeAll(keepingCapacity: true)
            return
        }
        left = Left(entries: entries, numbered: numbered)
        entries = Dictionary(minimumCapacity: entries.count)
        numbered = Dictionary(minimumCapacity: numbered.count)
    }

    /// What the last write has left to free; without a taker the next write frees it.
    func takeLeft() -> Left? {
        defer { left = nil }
        return left
    }

    func forget() {
        counts.rollBack()
        entries.removeAll()
        numbered.removeAll()
        dirty.removeAll()
    }
}

extension Order {
    /// What lists may filter by; NULL fields have no row.
    package func attributes(under workflow: Workflow) -> [OrderAttribute] {
        workflow.attributes.compactMap { slot in
            guard context[slot] != .null else { return nil }
            return OrderAttribute(name: workflow.context.fields[slot].name, value: context[slot].plainText)
        }
    }

    /// The order that a row holds.
    package init(_ row: OrderRow, under workflow: Workflow) throws {
        self.init(id: row.id, workflow: workflow, placedAt: row.placedAt, lane: row.lane)
        guard row.number.number > 0, (1...OrderRow.versionMax).contains(row.version) else {
            throw EngineFailure.damaged(
                "the row of order \(row.id) has the number \(row.number.number) and the version \(row.version)")
        }
        number = row.number
        version = row.version
        status = row.status
        do throws(JSONProblem) {
            try readState(row.state, under: workflow)
        } catch {
            throw EngineFailure.damaged("the state of order \(row.id), at byte \(error.offset): \(error.message)")
        }
    }
}
