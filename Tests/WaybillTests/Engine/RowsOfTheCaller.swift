import EngineFixtures
import Fixtures
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// `transact`: a command and the caller's own rows, both or neither.
@Suite struct `The caller's own rows` {
    private struct Doubt: Error {}

    private func bookWithLedger() async throws -> OrderBook {
        let book = try await mugBook()
        try await book.migrateTables { tables in
            try tables.execute("CREATE TABLE ledger (order_id TEXT NOT NULL, cents INTEGER NOT NULL CHECK (cents > 0))")
            try tables.execute("CREATE TABLE poison (x)")
            try tables.execute(
                "CREATE TRIGGER burn AFTER INSERT ON poison BEGIN SELECT RAISE(ROLLBACK, 'burnt'); END")
        }
        try await book.submit(place("o-1"))
        return book
    }

    /// How many rows the ledger has, asked with a command that changes nothing else.
    private func ledger(of book: OrderBook, asking id: OrderID) async throws -> Int64 {
        let (_, count) = try await book.transact(place(id)) { tables in
            try tables.rows("SELECT count(*) AS n FROM ledger").first?["n"]
        }
        guard case .integer(let number)? = count ?? nil else { return -1 }
        return number
    }

    @Test func `are written with the command, and the result is handed back`() async throws {
        let book = try await bookWithLedger()
        let (receipt, changed) = try await book.transact(pay("o-1")) { tables in
            try tables.execute("INSERT INTO ledger VALUES (?, ?)", ["o-1", 1_250])
        }
        #expect(receipt.status == "paid")
        #expect(changed == 1)
        #expect(try await ledger(of: book, asking: "o-2") == 1)
    }

    @Test func `are not written when the command is refused`() async throws {
        let book = try await bookWithLedger()
        let refused = await #expect(throws: Refusal.self) {
            _ = try await book.transact(pay("o-1", cents: 1)) { tables in
                try tables.execute("INSERT INTO ledger VALUES ('o-1', 1)")
            }
        }
        #expect(refused?.code == "not_possible")
        #expect(try await book.refusals(of: "o-1").map(\.code) == ["not_possible"])
        #expect(try await ledger(of: book, asking: "o-2") == 0)
    }

    @Test func `are not written again when the command is repeated`() async throws {
        let book = try await bookWithLedger()
        for isRepeat in [false, true] {
            let (receipt, changed) = try await book.transact(pay("o-1")) { tables in
                try tables.execute("INSERT INTO ledger VALUES ('o-1', 1250)")
            }
            #expect(receipt.isRepeat == isRepeat)
            #expect(changed == (isRepeat ? nil : 1))
        }
        #expect(try await ledger(of: book, asking: "o-2") == 1)
    }

    @Test(arguments: [
        "COMMIT", "ROLLBACK", "BEGIN", "SAVEPOINT s", "PRAGMA user_version = 7", "ATTACH ':memory:' AS other",
        "UPDATE stock SET free = 1000", "DELETE FROM orders", "SELECT * FROM event",
        "INSERT INTO timeout (kind, due, owner, name) VALUES (1,1,1,'')",
        "INSERT INTO ledger VALUES ('o-1', -1)", "INSERT INTO poison VALUES (1)", "CREATE TABLE more (x)", "nonsense",
        "SELECT 1; SELECT 2", "DROP TABLE ledger", "INSERT INTO ledger VALUES (?, ?)",
    ])
    func `that break a rule undo the command with them, and nothing else`(statement: String) async throws {
        let book = try await bookWithLedger()
        let refused = await #expect(throws: Refusal.self) {
            _ = try await book.transact(pay("o-1")) { tables in
                try tables.execute("INSERT INTO ledger VALUES ('o-1', 1)")
                _ = try tables.rows(statement)
            }
        }
        #expect(refused?.code == "rejected_by_caller")
        #expect(try await book.order("o-1")?.status == "awaiting payment")
        #expect(try await book.history(of: "o-1")?.count == 1)
        #expect(try await ledger(of: book, asking: "o-2") == 0)
        #expect(try await book.submit(pay("o-1")).version == 2, "the key was not used up")
        #expect(try await book.stock(mug)?.sold == 1)
    }

    @Test func `that hide what went wrong are undone all the same`() async throws {
        let book = try await bookWithLedger()
        let refused = await #expect(throws: Refusal.self) {
            _ = try await book.transact(pay("o-1")) { tables in
                do { try tables.execute("INSERT INTO poison VALUES (1)") } catch {}
                do { try tables.execute("INSERT INTO ledger VALUES ('o-1', 1)") } catch {}
            }
        }
        #expect(refused?.code == "rejected_by_caller")
        #expect(try await book.order("o-1")?.status == "awaiting payment")
        #expect(try await ledger(of: book, asking: "o-2") == 0)
    }

    @Test func `that throw, or take too long, undo the command`() async throws {
        let book = try await bookWithLedger()
        await #expect(throws: Refusal.self) {
            _ = try await book.transact(pay("o-1")) { _ in throw Doubt() }
        }
        let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
        let late = await #expect(throws: Refusal.self) {
            _ = try await book.transact(pay("o-1"), deadline: Interval(milliseconds: 20)) { tables in
                try tables.rows(endless).count
            }
        }
        #expect(late?.code == "rejected_by_caller")
        #expect(try await book.order("o-1")?.version == 1)
        #expect(try await book.stock(mug)?.reserved == 1)
    }

    @Test func `harm no command of others that waits beside them`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop])
        try await book.submit(StockCommand(.receive(100), of: mug))
        try await book.migrateTables { tables in
            try tables.execute("CREATE TABLE poison (x)")
            try tables.execute(
                "CREATE TRIGGER burn AFTER INSERT ON poison BEGIN SELECT RAISE(ROLLBACK, 'burnt'); END")
        }
        let codes = await withTaskGroup(of: (isPoisoned: Bool, code: String).self) { group in
            for number in 0..<60 {
                let id = OrderID("o-\(number)")
                if number % 4 == 0 {
                    group.addTask {
                        do throws(Refusal) {
                            _ = try await book.transact(place(id)) { tables in
                                try tables.execute("INSERT INTO poison VALUES (1)")
                            }
                            return (true, "accepted")
                        } catch {
                            return (true, error.code)
                        }
                    }
                } else {
                    group.addTask { (false, await book.answer(to: place(id)).code) }
                }
            }
            return await group.reduce(into: [(isPoisoned: Bool, code: String)]()) { $0.append($1) }
        }
        #expect(codes.allSatisfy { $0.code == ($0.isPoisoned ? "rejected_by_caller" : "accepted") })
        #expect(try await book.stock(mug)?.reserved == 45)
        #expect(try await book.orders(limit: 100).elements.count == 45)
        await book.close()
    }

    @Test func `come after the overdue timeout of their order`() async throws {
        let file = try ShopFile()
        let before = try file.open()
        try await before.submit(StockCommand(.receive(1), of: mug))
        try await before.submit(place("o-1"))
        await before.close()
        let after = try file.open(VirtualClock(start: noon.advanced(by: .hours(1))))
        let refused = await #expect(throws: Refusal.self) { _ = try await after.transact(pay("o-1")) { _ in } }
        #expect(refused?.code == "not_possible")
        #expect(try await after.history(of: "o-1")?.map(\.type) == ["place", "$timeout"])
        await after.close()
    }

    @Test func `are not blamed for a damaged order`() async throws {
        let engine = try MugShop.engine(Store.inMemory())
        _ = try engine.receive(1, of: mug).get()
        #expect(engine.answers([place("o-1")]).map(\.code) == ["accepted"])
        try engine.damage("o-1") { $0.state = [] }
        let refused = await #expect(throws: Refusal.self) {
            _ = try await engine.transact(pay("o-1").command, deadline: .seconds(1)) { _ in }
        }
        #expect(refused?.code == "undone")
    }
}
