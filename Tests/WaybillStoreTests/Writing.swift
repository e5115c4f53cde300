import Testing
import WaybillCore
import WaybillStore

@Suite struct `A write` {
    @Test func `keeps all rows, and a read sees them`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in
            try transaction.append(.sample(1))
            try transaction.append(.sample(2, stream: 1, version: 2))
            try transaction.insert(OrderRow.sample(1))
        }
        let all = try store.read { try $0.events(after: Position(0), upTo: Position(9), limit: 10) }
        #expect(all == [.sample(1), .sample(2, stream: 1, version: 2)])
        #expect(try store.read { try $0.event(at: Position(1)) } == .sample(1))
        let second = try store.read { try $0.events(of: StreamNumber(1), fromVersion: 2, limit: 10) }
        #expect(second.map(\.position) == [Position(2)])
        #expect(try store.read { try $0.order(id: "order-1") } == .sample(1))
        #expect(try store.read { try $0.order(number: StreamNumber(1)) } == .sample(1))
        #expect(try store.read { try $0.journalEnd() } == JournalEnd(position: Position(2), digest: UInt64.max - 2))
    }

    @Test func `leaves nothing behind when its closure throws`() throws {
        struct Stop: Error {}
        let store = try Store.inMemory()
        #expect(throws: Stop.self) {
            try store.write { transaction in
                try transaction.append(.sample(1))
                throw Stop()
            }
        }
        #expect(try store.read { try $0.journalEnd() }.position == Position(0))
    }

    @Test func `is undone when a row breaks a rule, and the next one works`() throws {
        let store = try Store.inMemory()
        let failure = failure {
            try store.write { transaction in
                try transaction.append(.sample(1))
                try transaction.append(.sample(1))
            }
        }
        #expect(failure?.code == .constraint)
        try store.write { transaction in try transaction.append(.sample(1)) }
        #expect(try store.read { try $0.journalEnd() }.position == Position(1))
    }

    @Test func `whose commit fails stops the store`() throws {
        var settings = StoreSettings()
        settings.commitFault = { StoreFailure(.inputOutput, "disk I/O error", sqliteCode: 10) }
        let store = try Store.inMemory(settings: settings)
        #expect(failure { try store.write { transaction in try transaction.append(.sample(1)) } }?.code == .inputOutput)
        #expect(failure { try store.write { transaction in try transaction.append(.sample(1)) } }?.code == .failStopped)
        #expect(failure { try store.checkpointIfDue() }?.code == .failStopped)
        #expect(try store.read { try $0.journalEnd() }.position == Position(0))
    }

    @Test func `keeps bytes as they are, NUL and empty ones too`() throws {
        let store = try Store.inMemory()
        var order = OrderRow.sample(1)
        order.id = OrderID("a\u{0}b")
        order.status = ""
        order.state = []
        try store.write { [order] transaction in
            try transaction.insert(order)
            var other = order
            other.number = StreamNumber(2)
            other.id = "a"
            try transaction.insert(other)
        }
        #expect(try store.read { try $0.order(id: OrderID("a\u{0}b")) } == order)
        #expect(try store.read { try $0.order(id: "a")?.number } == StreamNumber(2))
    }

    @Test func `tells apart ids that Swift's strings take for equal`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in
            var composed = OrderRow.sample(1)
            composed.id = OrderID("caf\u{E9}")
            try transaction.insert(composed)
        }
        #expect(try store.read { try $0.order(id: OrderID("cafe\u{301}")) } == nil)
    }

    @Test func `shows its events one by one without copying them`() throws {
        struct Stop: Error {}
        let store = try Store.inMemory()
        try store.write { transaction in for position in 1...5 { try transaction.append(.sample(Int64(position))) } }
        var seen: [EventRow] = []
        var bodyBytes = 0
        let count = try store.read { snapshot in
            try snapshot.forEachEvent(after: Position(1), upTo: Position(4), limit: 2) { event in
                seen.append(event.row)
                bodyBytes += event.withBody { $0.count }
            }
        }
        #expect(count == 2)
        #expect(seen == [.sample(2), .sample(3)])
        #expect(bodyBytes == 14)
        var columns: [[Int64]] = []
        _ = try store.read { snapshot in
            try snapshot.forEachEvent(after: Position(1), upTo: Position(4), limit: 2, isForFold: true) { event in
                columns.append([event.position.number, event.stream.number, event.version, event.at.milliseconds])
                #expect(event.lane == EventRow.sample(event.position.number).lane)
                #expect(event.body == EventRow.sample(event.position.number).body)
            }
        }
        let rows = [EventRow.sample(2), .sample(3)]
        #expect(columns == rows.map { [$0.position.number, $0.stream.number, $0.version, $0.at.milliseconds] })
        #expect(throws: Stop.self) {
            _ = try store.read { snapshot in
                try snapshot.forEachEvent(after: Position(0), upTo: Position(9), limit: 9) { _ in throw Stop() }
            }
        }
        #expect(try store.read { try $0.journalEnd().position } == Position(5))
    }
}
