package import WaybillCore
package import WaybillStore

/// The orders that the write at hand has read or changed, as they will be after it.
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
        fileprivate var isDirty = false

        init(order: Order, workflow: OpenWorkflow, isStored: Bool, root: StreamNumber? = nil) {
            self.order = order
            self.workflow = workflow
            self.root = root
            storedAttributes = isStored ? order.attributes(under: workflow.workflow) : nil
        }

        /// The number of the order at the top of its family.
        fileprivate var top: StreamNumber { parent?.top ?? root ?? order.number }
    }

    private var entries: [OrderID: Entry] = [:]
    /// The same by number: an order that this very write placed has no row yet.
    private var numbered: [StreamNumber: Entry] = [:]
    private var dirty: [Entry] = []
    private var writer = JSONWriter(capacity: 1_024)

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
            let order = entry.order
            let attributes = order.attributes(under: entry.workflow.workflow)
            writer.removeAll()
            order.writeState(to: &writer, under: entry.workflow.workflow)
            let row = OrderRow(
                number: order.number, id: order.id, workflow: entry.workflow.number, version: order.version,
                status: order.status, placedAt: order.placedAt, lane: order.lane,
                parent: entry.parent?.order.number, root: entry.parent?.top, state: writer.bytes)
            if entry.storedAttributes == nil { try transaction.insert(row) } else { try transaction.update(row) }
            try transaction.replaceAttributes(of: order.number, old: entry.storedAttributes ?? [], new: attributes)
            entry.storedAttributes = attributes
            entry.isDirty = false
        }
        dirty.removeAll(keepingCapacity: true)
    }

    func endWrite() {
        entries.removeAll(keepingCapacity: true)
        numbered.removeAll(keepingCapacity: true)
    }

    func forget() {
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
