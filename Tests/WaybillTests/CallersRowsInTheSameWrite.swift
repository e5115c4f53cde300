import EngineFixtures
import Testing
import Waybill
import WaybillCore

@Suite struct `A caller's own rows` {
    private func bookWithLedger() async throws -> OrderBook {
        let book = try await mugBook()
        try await book.migrateTables { tables in
            try tables.execute("CREATE TABLE IF NOT EXISTS ledger (order_id TEXT, cents INTEGER) STRICT")
        }
        return book
    }

    private func entries(_ book: OrderBook) async throws -> Int {
        // A command that is refused runs no closure, so the count is read beside one that is accepted.
        let probe = OrderID("probe-\(try await book.orders().elements.count)")
        return try await book.transact(place(probe)) { tables in try tables.rows("SELECT 1 FROM ledger").count }.result
            ?? -1
    }

    @Test func `are there when the command is, and once`() async throws {
        let book = try await bookWithLedger()
        for isRepeat in [false, true] {
            let done = try await book.transact(place("o-1", key: "k")) { tables in
                try tables.execute("INSERT INTO ledger VALUES ('o-1', 1250)")
            }
            #expect(done.receipt.isRepeat == isRepeat)
            #expect((done.result == nil) == isRepeat)
        }
        #expect(try await entries(book) == 1)
    }

    @Test(arguments: [
        "INSERT INTO no_such_table VALUES (1)", "COMMIT", "ROLLBACK", "PRAGMA user_version = 7", "DELETE FROM event",
        "UPDATE stock SET free = 1000", "ATTACH ':memory:' AS other",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO ledger SELECT 'x', i FROM n",
    ])
    func `that fail take the command with them and harm nobody else`(sql: String) async throws {
        let book = try await bookWithLedger()
        try await book.submit(place("before"))
        await #expect(throws: Refusal.self) {
            try await book.transact(place("o-1"), deadline: Interval(milliseconds: 200)) { tables in
                try tables.execute("INSERT INTO ledger VALUES ('o-1', 1250)")
                try tables.execute(sql)
            }
        }
        #expect(try await book.order("o-1") == nil)
        try await book.submit(place("after"))
        #expect(try await book.stock(mug)?.reserved == 2)
        #expect(try await entries(book) == 0)
    }

    @Test func `can be read without a write, and only read`() async throws {
        let book = try await bookWithLedger()
        _ = try await book.transact(place("o-1")) { tables in
            try tables.execute("INSERT INTO ledger VALUES ('o-1', 1250)")
        }
        let cents = try await book.readTables { tables in try tables.rows("SELECT cents FROM ledger") }
        #expect(cents.map { $0["cents"] } == [.integer(1_250)])
        for sql in ["DELETE FROM ledger", "CREATE TABLE other (x)", "SELECT 1 FROM event", "COMMIT"] {
            #expect(throws: (any Error).self) { try book.readTables { tables in try tables.execute(sql) } }
        }
        #expect(try await entries(book) == 1)
    }
}

@Suite struct `What went wrong once` {
    @Test func `a timeout of no length fires for an order that the same write placed`() async throws {
        let shop = WorkflowText(
            """
            id: instant
            version: 1
            commands:
              place: {data: {wait: duration}}
            context: {wait: duration}
            initial: waiting
            states:
              waiting: {after: {end: {in: wait, target: over}}}
              over: {type: final}
            """)
        let book = try OrderBook.inMemory(workflows: [shop], world: .virtual(VirtualClock(start: noon)))
        try await book.submit(OrderCommand("place", of: "o", data: ["wait": 0], workflow: "instant"))
        #expect(try await book.order("o")?.status == "over")
        #expect(try await book.history(of: "o")?.map(\.at) == [noon, noon])
    }

    @Test func `a refusal at the door is not remembered for the key`() async throws {
        let book = try await mugBook()
        var early = pay("o-1")
        early.key = "e-1"
        #expect(await book.answer(to: early) == .refused(.unknownOrder("o-1")))
        try await book.submit(place("o-1"))
        let answer = try await book.submit(early)
        #expect(answer.version == 2)
        #expect(try await book.refusals(of: "o-1").map(\.code) == ["unknown_order"])
    }

    @Test func `a timeout that is extended twice under one key is extended once`() async throws {
        let book = try await mugBook()
        try await book.submit(place("o-1"))
        for isRepeat in [false, true] {
            let answer = await Answer {
                try await book.extendTimeout("unpaid.after.30m", of: "o-1", by: .minutes(15), key: "x")
            }
            #expect(try answer.receipt().isRepeat == isRepeat)
        }
        #expect(try await book.order("o-1")?.timeouts.map(\.due) == [noon.advanced(by: .minutes(45))])
    }

    @Test func `a count of nothing under a key is no failure`() async throws {
        let book = try await mugBook()
        let count = StockCommand(.count(0, expected: nil), of: StockKey(sku: "nothing"), key: "c")
        #expect(try await book.submit(count).level.free == 0)
        #expect(try await book.submit(count).level.free == 0)
    }

    @Test func `data that grows when it is written anew can be read back`() async throws {
        let book = try await mugBook()
        let shop = String(repeating: "\\b", count: 4_096)
        let order = OrderCommand(
            "place", of: "o-1", json: Array(#"{"buyer":"\#(shop)","qty":1,"price_cents":5}"#.utf8), workflow: "mug-shop"
        )
        try await book.submit(order)
        #expect(try await book.order("o-1", asOf: .time(noon)) == book.order("o-1"))
    }

    @Test func `the name of an unknown field is told back short`() async throws {
        let book = try await mugBook()
        let name = String(repeating: "n", count: 200_000)
        let answer = await book.answer(
            to: OrderCommand("place", of: "o-1", json: Array("{\"\(name)\":1}".utf8), workflow: "mug-shop"))
        guard case .refused(let refusal) = answer else {
            Issue.record("accepted")
            return
        }
        #expect(refusal.message.utf8.count < 400)
    }
}
