import WaybillCore
import WaybillEngine
import WaybillStore

/// Finds rows that nothing implies. Each order was asked for its rows before; here rows are counted, and only when
/// there are more than the orders have, each is asked for its order.
struct OwnerlessRows {
    private(set) var findings: FileFindings
    let engine: Engine
    private let findingsMax: Int
    let pageMax = 1_000

    init(_ engine: Engine, findingsMax: Int) {
        self.engine = engine
        self.findingsMax = findingsMax
        findings = FileFindings(keptMax: findingsMax)
    }

    mutating func add(_ finding: FileFinding) { findings.add(finding) }

    // MARK: Orders and stocks

    /// Rows of orders without a first event at their number.
    mutating func checkOrders(expected: Int) throws {
        guard try engine.store.read({ rows in try rows.countOrders() }) != expected else { return }
        var after: StreamNumber? = StreamNumber(0)
        while let number = after {
            let page = try engine.store.read { rows in try rows.orders(after: number, limit: pageMax) }
            after = page.next
            for row in page.orders where try !hasFirstEvent(row.number) {
                findings.add(FileFinding("it has a row and no first event").of(row.id))
            }
        }
    }

    mutating func checkStocks() throws {
        var walk = PageWalk<StockRow, StockKey?>(after: nil, by: \.key, limit: pageMax)
        while let page = try walk.next({ last, limit in
            try engine.store.read { rows in try rows.stocks(after: last, limit: limit) }
        }) {
            for row in page where try !hasFirstEvent(row.number) {
                findings.add(FileFinding("it has a row and no first event").of(row.key))
            }
        }
    }

    private func hasFirstEvent(_ stream: StreamNumber) throws -> Bool {
        try engine.store.read { rows in try rows.events(of: stream, fromVersion: 1, limit: 1).first?.version == 1 }
    }

    // MARK: Attributes

    mutating func checkAttributes(expected: Int) throws {
        var count = 0
        try forEachAttribute { _, _ in count += 1 }
        guard count != expected else { return }
        var found = FileFindings(keptMax: findingsMax)
        try forEachAttribute { attribute, number in
            guard let order = try order(number) else {
                return found.add(
                    FileFinding("order number \(number.number) is listed under \(attribute.name), and is not there"))
            }
            guard !order.order.attributes(under: order.workflow).contains(attribute) else { return }
            found.add(
                FileFinding("it is listed under \(attribute.name) = '\(attribute.value)', which it has not")
                    .of(order.order.id))
        }
        findings.add(found)
    }

    private func forEachAttribute(_ body: (OrderAttribute, StreamNumber) throws -> Void) throws {
        typealias Row = (attribute: OrderAttribute, order: StreamNumber)
        var walk = PageWalk<Row, Row?>(after: nil, by: { $0 }, limit: pageMax)
        while let page = try walk.next({ last, limit in
            try engine.store.read { rows in try rows.orderAttributes(after: last, limit: limit) }
        }) {
            for row in page { try body(row.attribute, row.order) }
        }
    }

    // MARK: Timeouts

    /// Timeouts of orders, waiting or to be tried again.
    mutating func checkOrderTimeouts(expected: Int) throws {
        var count = 0
        try forEachTimeout(.order) { _, _ in count += 1 }
        guard count != expected else { return }
        var found = FileFindings(keptMax: findingsMax)
        try forEachTimeout(.order) { key, isRetry in
            if let finding = try finding(ofOrderTimeout: key, isRetry: isRetry) { found.add(finding) }
        }
        findings.add(found)
    }

    private func finding(ofOrderTimeout key: TimeoutKey, isRetry: Bool) throws -> FileFinding? {
        guard let found = try order(StreamNumber(key.owner)) else {
            return FileFinding("it belongs to order number \(key.owner), which is not there").timeout(key.name)
        }
        let order = found.order
        guard order.timeouts.contains(where: { $0.name.text == key.name && $0.due == key.due }) else {
            return FileFinding("it is due at \(key.due.iso8601), and its order does not wait for it")
                .of(order.id).timeout(key.name)
        }
        guard isRetry, try engine.store.read({ rows in try rows.waiting(key) != nil }) else { return nil }
        return FileFinding("it waits twice: for its time, and to be tried again").of(order.id).timeout(key.name)
    }

    /// Timeouts of messages that are not visible yet, both ways.
    mutating func checkMessageTimeouts() throws {
        var found = FileFindings(keptMax: findingsMax)
        for (kind, state) in [(TimeoutKind.delayedMessage, PendingMessageRow.State.delayed), (.checkBack, .half)] {
            var expected = 0
            try forEachPending(state) { row, due in
                // A call has a deadline instead, and its order was asked for it.
                if row.producer == Engine.callProducer { return }
                expected += 1
                let key = TimeoutKey(kind: kind, due: due, owner: row.number.number, name: "")
                guard try !engine.store.read({ rows in try rows.isPending(key) }) else { return }
                found.add(
                    FileFinding(
                        "pending message \(row.number.number) waits for \(due.iso8601), and no row will wake it"))
            }
            var count = 0
            try forEachTimeout(kind) { _, _ in count += 1 }
            guard count != expected else { continue }
            try forEachTimeout(kind) { key, _ in
                let number = PendingMessageNumber(key.owner)
                let row = try engine.store.read { rows in try rows.pendingMessage(number) }
                guard row?.state != state || row?.due != key.due else { return }
                found.add(FileFinding("a timeout of pending message \(key.owner), which does not wait for it"))
            }
        }
        try forEachTimeout(.redelivery) { key, _ in
            let row = try key.redeliveryPlace.flatMap { place in
                try engine.store.read { rows in try rows.redelivery(of: GroupNumber(key.owner), at: place) }
            }
            guard row?.due != key.due else { return }
            found.add(FileFinding("a timeout of group \(key.owner)'s message \(key.name), which does not wait for it"))
        }
        findings.add(found)
    }

    /// Deadlines of calls that do not wait for one.
    mutating func checkCallTimeouts() throws {
        var found = FileFindings(keptMax: findingsMax)
        try forEachTimeout(.call) { key, _ in
            let row = try engine.store.read { rows in try rows.call(key.owner) }
            if let row, row.state == .open, !row.isUnanswered, row.timeoutKey == key { return }
            found.add(FileFinding("a deadline of call \(key.owner), which does not wait for it"))
        }
        findings.add(found)
    }

    private func forEachPending(
        _ state: PendingMessageRow.State, _ body: (PendingMessageRow, Moment) throws -> Void
    ) throws {
        var walk = PageWalk(after: PendingMessageNumber(0), by: \PendingMessageRow.number, limit: pageMax)
        while let page = try walk.next({ last, limit in
            try engine.store.read { rows in try rows.pendingMessages(after: last, limit: limit) }
        }) {
            for row in page where row.state == state {
                if let due = row.due { try body(row, due) }
            }
        }
    }

    private func forEachTimeout(_ kind: TimeoutKind, _ body: (TimeoutKey, Bool) throws -> Void) throws {
        var waiting = PageWalk<TimeoutKey, TimeoutKey?>(after: nil, by: { $0 }, limit: pageMax)
        while let page = try waiting.next({ last, limit in
            try engine.store.read { rows in try rows.timeouts(kind, after: last, limit: limit) }
        }) {
            for key in page { try body(key, false) }
        }
        var retries = PageWalk<TimeoutRetry, TimeoutKey?>(after: nil, by: \.key, limit: pageMax)
        while let page = try retries.next({ last, limit in
            try engine.store.read { rows in try rows.timeoutRetries(kind, after: last, limit: limit) }
        }) {
            for retry in page { try body(retry.key, true) }
        }
    }

    /// An order as its row has it; nil: there is no such row, or its state cannot be read, which was found before.
    private func order(_ number: StreamNumber) throws -> (order: Order, workflow: Workflow)? {
        guard let row = try engine.store.read({ rows in try rows.order(number: number) }) else { return nil }
        let workflow = try engine.workflow(row.workflow)
        return (try Order(row, under: workflow), workflow)
    }
}
