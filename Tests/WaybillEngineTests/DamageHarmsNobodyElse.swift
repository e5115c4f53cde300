import EngineFixtures
import Fixtures
import Testing
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `A damaged row` {
    private func shop() throws -> Engine {
        let engine = try MugShop.engine(Store.inMemory())
        _ = try engine.receive(10, of: MugShop.mug).get()
        #expect(engine.answers([MugShop.place("good"), MugShop.place("bad")]).map(\.code) == ["accepted", "accepted"])
        return engine
    }

    @Test(arguments: ["", "{", #"{"in":["nowhere"]}"#, #"{"in":["unpaid"],"context":["ann","x",1250,0]}"#])
    func `of an order refuses commands on that order, and on no other in the same write`(state: String) throws {
        let engine = try shop()
        try engine.damage("bad") { $0.state = Array(state.utf8) }
        let answers = engine.answers([
            MugShop.pay("bad"), MugShop.pay("good"), MugShop.place("new"), MugShop.pay("bad"),
        ])
        #expect(answers.map(\.code) == ["undone", "accepted", "accepted", "undone"])
        #expect(try engine.order("good")?.status == "paid")
        #expect(try engine.order("new")?.status == "awaiting payment")
    }

    /// The version is counted on with every event: at the end of the 64 bits that was a trap, whoever had asked.
    @Test(arguments: [Int64.max, Int64.max - 1, (1 << 62) + 1] as [Int64])
    func `that cannot be counted on lets the orders of others go on`(version: Int64) throws {
        let engine = try shop()
        try engine.damage("bad") { $0.version = version }
        let answers = engine.answers([MugShop.pay("bad"), MugShop.pay("good"), MugShop.place("new")])
        #expect(answers.map(\.code) == ["undone", "accepted", "accepted"])
        engine.advance(to: MugShop.noon.advanced(by: .days(2)))
        #expect(try engine.order("new")?.status == "closed")
        let parked = try engine.store.read { try $0.timeoutRetries(.order, after: nil, limit: 10) }
        #expect(parked.count == 1)
        #expect(parked.first?.retryAt == nil)
        #expect(parked.first?.error.string.contains("order bad") == true)
    }

    @Test func `of a stock refuses what needs it, and nothing else`() throws {
        let engine = try shop()
        try engine.store.write { transaction in
            var row = try #require(try transaction.stock(MugShop.mug))
            row.version = .max
            try transaction.update(row)
        }
        // What the writer has in memory it does not read again.
        let opened = try MugShop.engine(engine.store)
        #expect(opened.answers([MugShop.place("next"), MugShop.pay("good")]).map(\.code) == ["undone", "undone"])
        guard case .success = opened.receive(1, of: StockKey(sku: "cup")) else {
            Issue.record("another stock is refused")
            return
        }
    }

    @Test func `that can be read and not be written harms no other order in the same write`() throws {
        let engine = try shop()
        // An attribute row that should not be there: writing the order's own will break the table's rule.
        try engine.store.write { transaction in
            let row = try #require(try transaction.order(id: "good"))
            let attribute = OrderAttribute(name: "buyer", value: "ann")
            try transaction.replaceAttributes(of: StreamNumber(row.number.number + 5), old: [], new: [attribute])
        }
        // The fifth event after "good" is the first of the order that cannot be written.
        let answers = engine.answers([MugShop.pay("good"), MugShop.place("x"), MugShop.place("y"), MugShop.place("z")])
        #expect(answers.map(\.code) == ["accepted", "accepted", "accepted", "undone"])
        #expect(try engine.order("good")?.status == "paid")
    }

    @Test func `of an order lets its timeout wait and be parked, and the timeouts of others fire`() throws {
        let engine = try shop()
        try engine.damage("bad") { $0.state = Array("{".utf8) }
        engine.advance(to: MugShop.noon.advanced(by: .minutes(31)))
        #expect(try engine.order("good")?.status == "closed")
        let retries = try engine.store.read { try $0.timeoutRetries(.order, after: nil, limit: 10) }
        #expect(retries.count == 1)
        #expect((retries.first?.attempt ?? 0) >= 1)
        engine.advance(to: MugShop.noon.advanced(by: .days(2)))
        let parked = try engine.store.read { try $0.timeoutRetries(.order, after: nil, limit: 10) }
        #expect(parked.first?.attempt == 16)
        #expect(parked.first?.retryAt == nil)
    }

    @Test func `whose timeout was parked can be mended, and its order goes on`() throws {
        let engine = try shop()
        let whole = try #require(try engine.store.read { try $0.order(id: "bad") }).state
        try engine.damage("bad") { $0.state = Array("{".utf8) }
        engine.advance(to: MugShop.noon.advanced(by: .days(2)))
        try engine.damage("bad") { $0.state = whole }
        #expect(engine.answers([MugShop.cancel("bad")]).map(\.code) == ["accepted"])
        #expect(try engine.store.read { try $0.timeoutRetries(.order, after: nil, limit: 10) } == [])
        #expect(try engine.stock(MugShop.mug)?.free == 10)
    }
}
