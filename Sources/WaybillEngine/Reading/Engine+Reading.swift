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

    /// The events of an order after a version, in order; nil when there is no such order.
    package func history(of id: OrderID, after version: Int64 = 0, limit: Int = pageMax) throws -> [EventView]? {
        try store.read { snapshot in
            guard let row = try snapshot.order(id: id) else { return nil }
            guard version < .max else { return [] }
            let events = try snapshot.events(
                of: row.number, fromVersion: version + 1, limit: min(max(limit, 1), Self.pageMax))
            return events.map(EventView.init)
        }
    }

    /// The events of the whole journal after a position, in order, each with the stream that it belongs to.
    package func journal(
        after position: Position, limit: Int = pageMax
    ) throws -> [(stream: StreamNumber, event: EventView)] {
        try store.read { snapshot in
            let end = try snapshot.journalEnd().position
            return try snapshot.events(after: position, upTo: end, limit: min(max(limit, 1), Self.pageMax))
                .map { ($0.stream, EventView($0)) }
        }
    }

    /// The trace context of an event; nil: it has none, or there is no such event.
    package func trace(of position: Position) throws -> Text? {
        try store.read { snapshot in try snapshot.event(at: position)?.trace }
    }

    /// The last refusals of an order, the newest first, those from before it was placed among them; with nil, of
    /// commands that found no order.
    ///
    /// - Parameter moment: refusals that came later are left out. They are no events and have times only, so an event
    ///   stands for its time.
    package func refusals(of id: OrderID?, asOf moment: AsOf = .now) throws -> [RefusalView] {
        try store.read { snapshot in
            var rows: [RefusalRow]
            if let id {
                rows = []
                if let row = try snapshot.order(id: id) {
                    rows = try snapshot.refusals(of: row.number, limit: Self.pageMax)
                }
                rows += try snapshot.refusals(ofUnplaced: id, limit: Self.refusalsBeforeMax)
            } else {
                rows = try snapshot.refusals(of: nil, limit: Self.pageMax)
            }
            switch moment {
            case .now: break
            case .time(let time): rows.removeAll { $0.at > time }
            case .event(let position):
                guard position <= (try snapshot.journalEnd().position) else { break }
                let time = try snapshot.event(at: position)?.at
                rows.removeAll { row in time.map { row.at > $0 } ?? true }
            }
            return rows.map(RefusalView.init)
        }
    }

    /// Refusals from before an order was placed that are shown.
    private static var refusalsBeforeMax: Int { 20 }

    /// One page of orders in the order in which they were placed, or against it. A page may be short, even empty, while
    /// `next` says that there is more.
    package func orders(
        _ filter: OrderFilter, asOf moment: AsOf = .now, after token: PageToken?, limit: Int
    ) throws -> Page<OrderView> {
        let limit = min(max(limit, 1), Self.pageMax)
        let scope = filter.scope(asOf: moment)
        let from = try filter.start(after: token, in: scope)
        guard moment == .now else { return try pastOrders(filter, asOf: moment, from: from, limit: limit) }
        let rows = try store.read { snapshot in try snapshot.orders(matching: filter, from: from, limit: limit) }
        var views: [OrderView] = []
        for row in rows.orders {
            let workflow = try workflow(row.workflow)
            let order = try Order(row, under: workflow)
            if filter.finds(order, under: workflow) { views.append(OrderView(order, under: workflow)) }
        }
        return Page(elements: views, next: rows.next.map { PageToken(number: $0.number, scope: scope) })
    }

    /// The calls of an order, open and answered, the oldest first; nil when there is no such order.
    package func calls(of id: OrderID) throws -> [CallView]? {
        guard let number = try store.read({ snapshot in try snapshot.order(id: id)?.number }) else { return nil }
        var views: [CallView] = []
        var walk = PageWalk(after: 0, by: \CallRow.number, limit: Self.pageMax)
        while let page = try walk.next({ last, limit in
            try store.read { snapshot in try snapshot.calls(of: number, after: last, limit: limit) }
        }) {
            views += page.map { call in
                let state: Text = call.isUnanswered ? "unanswered" : Text(call.state.rawValue)
                return CallView(key: call.effectKey, state: state, deadline: call.deadline)
            }
        }
        return views
    }

    /// One page of the open calls of all orders after one, the longest overdue first.
    package func openCalls(after last: OpenCallView?, limit: Int) throws -> [OpenCallView] {
        try store.read { snapshot in
            let rows = try snapshot.openCalls(
                after: last.map { ($0.deadline, $0.number) }, limit: min(max(limit, 1), Self.pageMax))
            return try rows.map { row in
                guard let order = try snapshot.order(number: row.stream)?.id else {
                    throw EngineFailure.damaged("the call \(row.effectKey) belongs to no order")
                }
                let half = try row.pendingMessage.flatMap { number in try snapshot.pendingMessage(number) }
                return OpenCallView(
                    order: order, key: row.effectKey, deadline: row.deadline, isUnanswered: row.isUnanswered,
                    topic: try half.flatMap { try snapshot.topic($0.topic)?.name }, number: row.number)
            }
        }
    }

    /// Whether an order is at rest, with all its children; nil when there is no such order. See ``Order/isAtRest(_:)``.
    package func isAtRest(_ id: OrderID) throws -> Bool? {
        guard let row = try store.read({ snapshot in try snapshot.order(id: id) }) else { return nil }
        let order = try Order(row, under: try workflow(row.workflow))
        return try order.isAtRest { child in try isAtRest(child) ?? true }
    }

    /// The level of a stock, or nil when there has never been any.
    package func stock(_ key: StockKey) throws -> StockLevel? {
        try store.read { snapshot in try snapshot.stock(key)?.level }
    }
}

extension TableReader where Self: ~Copyable {
    /// One page of orders by the one index that narrows most; the rest of the filter is left to `finds`.
    func orders(matching filter: OrderFilter, from number: StreamNumber, limit: Int) throws -> OrderPage {
        if let first = filter.attributes.first {
            let attribute = OrderAttribute(name: first.name, value: first.value)
            return switch filter.sequence {
            case .oldestFirst: try orders(attribute: attribute, after: number, limit: limit)
            case .newestFirst: try orders(attribute: attribute, before: number, limit: limit)
            }
        }
        if let status = filter.status {
            guard !filter.otherStatuses.isEmpty else {
                return try orders(status: status, in: filter.sequence, from: number, limit: limit)
            }
            return try orders(statuses: [status] + filter.otherStatuses, in: filter.sequence, from: number, limit)
        }
        return try orders(in: filter.sequence, from: number, limit: limit)
    }

    /// One page of the orders with any of some statuses: of each as many as the page may have.
    private func orders(
        statuses: [Text], in sequence: OrderFilter.Sequence, from number: StreamNumber, _ limit: Int
    ) throws -> OrderPage {
        var found: [OrderRow] = []
        var isMore = false
        for status in Set(statuses) {
            let page = try orders(status: status, in: sequence, from: number, limit: limit)
            found += page.orders
            isMore = isMore || page.next != nil
        }
        found.sort { left, right in
            sequence == .oldestFirst ? left.number < right.number : left.number > right.number
        }
        let page = Array(found.prefix(limit))
        return OrderPage(orders: page, next: isMore || found.count > limit ? page.last?.number : nil)
    }

    private func orders(
        status: Text, in sequence: OrderFilter.Sequence, from number: StreamNumber, limit: Int
    ) throws -> OrderPage {
        switch sequence {
        case .oldestFirst: try orders(status: status, after: number, limit: limit)
        case .newestFirst: try orders(status: status, before: number, limit: limit)
        }
    }

    /// All orders, the first or the last placed first.
    func orders(
        in sequence: OrderFilter.Sequence, from number: StreamNumber, limit: Int
    ) throws -> OrderPage {
        switch sequence {
        case .oldestFirst: try orders(after: number, limit: limit)
        case .newestFirst: try orders(before: number, limit: limit)
        }
    }
}

extension OrderFilter {
    /// The number beside which a page begins; it is not on the page itself.
    func start(after token: PageToken?, in scope: UInt64) throws(Refusal) -> StreamNumber {
        if let token {
            guard let number = token.number(in: scope) else { throw .badCursor }
            return StreamNumber(number)
        }
        switch sequence {
        case .oldestFirst: return StreamNumber(0)
        case .newestFirst: return StreamNumber(.max)
        }
    }

    /// Whether everything that is asked for holds for an order.
    func finds(_ order: Order, under workflow: Workflow) -> Bool {
        if let status, status != order.status, !otherStatuses.contains(order.status) { return false }
        if let name = self.workflow, name != workflow.name { return false }
        guard !attributes.isEmpty else { return true }
        let given = order.attributes(under: workflow)
        return attributes.allSatisfy { given.contains(.init(name: $0.name, value: $0.value)) }
    }
}

extension RefusalView {
    init(_ row: RefusalRow) {
        self.init(
            at: row.at, command: row.command, caller: row.caller, key: row.key, code: row.code, message: row.message,
            values: row.values)
    }
}

extension EventView {
    init(_ row: EventRow) {
        self.init(
            position: row.position, version: row.version, type: row.type, at: row.at, caller: row.caller, key: row.key,
            cause: row.cause, trace: row.trace, body: row.readableBody)
    }
}

extension EventRow {
    /// The body in the newest format; one that cannot be read stays as it is.
    fileprivate var readableBody: [UInt8] {
        do throws(JSONProblem) { return try EventFormats.current.readable(body) } catch { return body }
    }

    /// The body of an order's event; damage says where.
    package func orderBody(under workflow: Workflow) throws -> EventBody {
        do throws(JSONProblem) {
            return try EventBody(body, under: workflow)
        } catch {
            throw EngineFailure.damaged("event \(position.number), byte \(error.offset): \(error.message)")
        }
    }
}
