package import WaybillCore
import WaybillStore

/// Orders as they were: folded from their events up to a moment.
extension Engine {
    /// The moment that is meant; nil: now, or an event that is not there.
    package func time(of moment: AsOf) throws -> Moment? {
        switch moment {
        case .now: nil
        case .time(let time): time
        case .event(let position): try store.read { rows in try rows.event(at: position)?.at }
        }
    }

    /// Folds an order's events up to a moment, page by page.
    func fold(_ row: OrderRow, under workflow: Workflow, upTo moment: AsOf) throws -> Order? {
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
                let rules = Semantics(stored: event.semantics) ?? .current
                guard order.apply(body, under: workflow, by: rules) else {
                    throw EngineFailure.damaged("event \(event.position.number) does not fit order \(row.id)")
                }
            }
            if events.count < Self.pageMax { return order.version == 0 ? nil : order }
        }
    }

    /// One page of orders as they were. Status and attributes were others then, so no index of today's helps: a page
    /// looks at `limit` orders, folds each, and keeps those that the filter finds.
    func pastOrders(
        _ filter: OrderFilter, asOf moment: AsOf, from number: StreamNumber, limit: Int
    ) throws -> Page<OrderView> {
        let rows = try store.read { snapshot in try snapshot.orders(in: filter.sequence, from: number, limit: limit) }
        var views: [OrderView] = []
        for row in rows.orders {
            // An order's number is the position of its first event: all that follow were placed later still.
            if case .event(let position) = moment, row.number.number > position.number {
                switch filter.sequence {
                case .oldestFirst: return Page(elements: views, next: nil)
                case .newestFirst: continue
                }
            }
            let workflow = try workflow(row.workflow)
            if let name = filter.workflow, name != workflow.name { continue }
            guard let order = try fold(row, under: workflow, upTo: moment) else { continue }
            if filter.finds(order, under: workflow) { views.append(OrderView(order, under: workflow)) }
        }
        let scope = filter.scope(asOf: moment)
        return Page(elements: views, next: rows.next.map { PageToken(number: $0.number, scope: scope) })
    }
}
