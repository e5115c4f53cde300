package import WaybillCore
import WaybillStore

/// Reading orders, histories, refusals and stock. Every read is one short look at one state of the file.
extension Engine {
    /// Most rows that one read returns.
    package static let pageMax = 1_000

    /// An order now, or as it was; nil when there is, or was, none.
    package func order(_ id: OrderID, asOf moment: AsOf = .now) throws -> OrderView? {
        guard let row = try store.read({ snapshot in try snapshot.order(id: id) }) else { return nil }
        let workflow = try workflow(row.workflow)
        if moment == .now { return OrderView(try Order(row, under: workflow), under: workflow) }
        guard let order = try fold(row, under: workflow, upTo: moment) else { return nil }
        return OrderView(order, under: workflow)
    }

    /// The workflow that an order is pinned to; nil when there is no such order.
    package func workflow(of id: OrderID) throws -> Workflow? {
        guard let row = try store.read({ snapshot in try snapshot.order(id: id) }) else { return nil }
        return try workflow(row.workflow)
    }

    /// Folds an order's events up to a moment, page by page.
    private func fold(_ row: OrderRow, under workflow: Workflow, upTo moment: AsOf) throws -> Order? {
        var order = Order(id: row.id, workflow: workflow, placedAt: row.placedAt, lane: row.lane)
        order.number = row.number
        while true {
            let version = order.version + 1
            let events = try store.read { snapshot in
                try snapshot.events(of: row.number, fromVersion: version, limit: Self.pageMax)
            }
            for event in events {
                switch moment {
                case .now: break
                case .event(let position):
                    if event.position > position { return order.version == 0 ? nil : order }
                case .time(let time):
                    if event.at > time { return order.version == 0 ? nil : order }
                }
                let body = try event.orderBody(under: workflow)
                guard order.apply(body, under: workflow) else {
                    throw EngineFailure.damaged("event \(event.position.number) does not fit order \(row.id)")
                }
            }
            if events.count < Self.pageMax { return order.version == 0 ? nil : order }
        }
    }

    /// The events of an order after a version, in order; nil when there is no such order.
    package func history(of id: OrderID, after version: Int64 = 0, limit: Int = pageMax) throws -> [EventView]? {
        try store.read { snapshot in
            guard let row = try snapshot.order(id: id) else { return nil }
            let events = try snapshot.events(
                of: row.number, fromVersion: version + 1, limit: min(max(limit, 1), Self.pageMax))
            return events.map(EventView.init)
        }
    }

    /// The last refusals of an order, or of commands that belong to none; the newest first.
    package func refusals(of id: OrderID?) throws -> [RefusalView] {
        try store.read { snapshot in
            var stream: StreamNumber?
            if let id, let row = try snapshot.order(id: id) { stream = row.number }
            let rows = try snapshot.refusals(of: stream, limit: Self.pageMax)
            return rows.filter { id == nil || $0.order == id }.map { row in
                RefusalView(
                    at: row.at, command: row.command, caller: row.caller, key: row.key, code: row.code,
                    message: row.detail)
            }
        }
    }

    /// One page of orders in the order in which they were placed. A page may be short, even empty, while `next` says
    /// that there is more.
    package func orders(_ filter: OrderFilter, after token: PageToken?, limit: Int) throws -> Page<OrderView> {
        let limit = min(max(limit, 1), Self.pageMax)
        let after = StreamNumber(token?.number ?? 0)
        let rows = try store.read { snapshot in
            let page: OrderPage
            if let first = filter.attributes.first {
                let attribute = OrderAttribute(name: first.name, value: first.value)
                page = try snapshot.orders(attribute: attribute, after: after, limit: limit)
            } else if let status = filter.status {
                page = try snapshot.orders(status: status, after: after, limit: limit)
            } else {
                page = try snapshot.orders(after: after, limit: limit)
            }
            return page
        }
        var views: [OrderView] = []
        for row in rows.orders {
            let workflow = try workflow(row.workflow)
            guard filter.status.map({ $0 == row.status }) ?? true,
                filter.workflow.map({ $0 == workflow.name }) ?? true
            else { continue }
            let order = try Order(row, under: workflow)
            let attributes = order.attributes(under: workflow)
            guard filter.attributes.allSatisfy({ attributes.contains(.init(name: $0.name, value: $0.value)) })
            else { continue }
            views.append(OrderView(order, under: workflow))
        }
        return Page(elements: views, next: rows.next.map { PageToken(number: $0.number) })
    }

    /// The level of a stock, or nil when there has never been any.
    package func stock(_ key: StockKey) throws -> StockLevel? {
        try store.read { snapshot in try snapshot.stock(key)?.level }
    }

    /// The stocks after a key, in order of SKU and location.
    package func stocks(after key: StockKey?, limit: Int) throws -> [(key: StockKey, level: StockLevel)] {
        try store.read { snapshot in
            try snapshot.stocks(after: key, limit: min(max(limit, 1), Self.pageMax)).map { ($0.key, $0.level) }
        }
    }
}

extension EventView {
    init(_ row: EventRow) {
        self.init(
            position: row.position, version: row.version, type: row.type, at: row.at, caller: row.caller, key: row.key,
            trace: row.trace, body: row.body)
    }
}

extension EventRow {
    /// The body of an order's event; damage says where.
    package func orderBody(under workflow: Workflow) throws -> EventBody {
        do throws(JSONProblem) {
            return try EventBody(body, under: workflow)
        } catch {
            throw EngineFailure.damaged("event \(position.number), byte \(error.offset): \(error.message)")
        }
    }
}
