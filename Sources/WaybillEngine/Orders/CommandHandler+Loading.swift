import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Finding the order that a command is about.
extension CommandHandler {
    /// The order, or a blank one when the command may place it.
    func find(_ command: Command, in write: borrowing Write) throws -> Result<OrderLedger.Entry, Refusal> {
        if let entry = try load(command.order, in: write) { return .success(entry) }
        guard let name = command.workflow else { return .failure(.unknownOrder(command.order)) }
        guard let open = try catalogue.current(name) else {
            return .failure(.unknownWorkflow(name.text.string, meant: catalogue.meant(by: name)))
        }
        let order = Order(id: command.order, workflow: open.workflow, placedAt: write.now, lane: command.lane)
        return .success(OrderLedger.Entry(order: order, workflow: open, isStored: false))
    }

    /// The order as the write at hand sees it, or nil.
    func load(_ id: OrderID, in write: borrowing Write) throws -> OrderLedger.Entry? {
        if let entry = orders.entry(id) { return entry }
        guard let row = try write.transaction.order(id: id) else { return nil }
        return try add(row)
    }

    func load(_ number: StreamNumber, in write: borrowing Write) throws -> OrderLedger.Entry? {
        // What this write has placed or changed already is in memory, newer than its row.
        if let entry = orders.entry(number) { return entry }
        guard let row = try write.transaction.order(number: number) else { return nil }
        return try add(row)
    }

    private func add(_ row: OrderRow) throws -> OrderLedger.Entry {
        let open = try catalogue.workflow(row.workflow)
        let entry = OrderLedger.Entry(
            order: try Order(row, under: open.workflow), workflow: open, isStored: true, root: row.root)
        orders.add(entry)
        return entry
    }
}
