import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// One change for every order that a filter finds, page by page.
@Suite struct `A bulk change of timeouts` {
    private let extend = BulkTimeoutChange(
        .extend(by: .minutes(15)), "unpaid.after.30m", where: OrderFilter(status: "awaiting payment"))

    private func placeOrders(_ count: Int, in book: OrderBook) async throws {
        for number in 1...count { try await book.submit(place(OrderID("o-\(number)"))) }
    }

    private func due(_ id: OrderID, in book: OrderBook) throws -> Moment? { try book.order(id)?.timeouts.first?.due }

    @Test func `changes each order once, and only those that the filter finds`() async throws {
        let book = try await mugBook(stock: 100)
        try await placeOrders(7, in: book)
        try await book.submit(pay("o-3"))
        #expect(try book.engine.count(extend) == 6)

        var job = try await book.engine.start(extend)
        var steps = 0
        while !job.isDone {
            job = try await book.engine.step(job, limit: 2)
            steps += 1
        }
        #expect(job.changed == 6)
        #expect(steps >= 3)
        for number in [1, 2, 4, 5, 6, 7] {
            #expect(try due(OrderID("o-\(number)"), in: book) == noon.advanced(by: .minutes(45)))
            #expect(try await book.order(OrderID("o-\(number)"))?.version == 2)
        }
        #expect(try book.engine.unfinishedBulkTimeouts().isEmpty)
    }

    @Test func `goes on after a crash with the first order that is not done`() async throws {
        let file = try ShopFile()
        let world = World.virtual(VirtualClock(start: noon))

        let first = try OrderBook.open(file.path, workflows: [mugShop], world: world)
        try await first.submit(StockCommand(.receive(100), of: mug))
        try await placeOrders(5, in: first)
        let job = try await first.engine.start(extend)
        _ = try await first.engine.step(job, limit: 2)
        await first.close()

        let second = try OrderBook.open(file.path, workflows: [mugShop], world: world)
        defer { second.close() }
        var resumed = try #require(try second.engine.unfinishedBulkTimeouts().first)
        #expect(resumed.changed == 2)
        while !resumed.isDone { resumed = try await second.engine.step(resumed, limit: 2) }
        #expect(resumed.changed == 5)
        for number in 1...5 { #expect(try due(OrderID("o-\(number)"), in: second) == noon.advanced(by: .minutes(45))) }
    }

    @Test func `leaves orders alone that were placed after its start`() async throws {
        let book = try await mugBook(stock: 100)
        try await placeOrders(2, in: book)
        var job = try await book.engine.start(extend)
        try await book.submit(place("late"))
        while !job.isDone { job = try await book.engine.step(job, limit: 10) }
        #expect(job.changed == 2)
        #expect(try due("late", in: book) == noon.advanced(by: .minutes(30)))
    }

    @Test func `does nothing more once it was stopped`() async throws {
        let book = try await mugBook(stock: 100)
        try await placeOrders(3, in: book)
        let job = try await book.engine.start(extend)
        try await book.engine.stop(job)
        await #expect(throws: Refusal.self) { try await book.engine.step(job, limit: 10) }
        #expect(try due("o-1", in: book) == noon.advanced(by: .minutes(30)))
        #expect(try book.engine.unfinishedBulkTimeouts().isEmpty)
    }

    @Test func `fires what is overdue rather than move it`() async throws {
        let book = try await mugBook(stock: 100)
        try await placeOrders(2, in: book)
        var job = try await book.engine.start(extend)
        book.advance(by: .minutes(30))
        while !job.isDone { job = try await book.engine.step(job, limit: 10) }
        #expect(job.changed == 0)
        #expect(try await book.order("o-1")?.status == "closed")
    }

    @Test func `is counted, done, interrupted and resumed on the public face`() async throws {
        let book = try await mugBook(stock: 100)
        try await placeOrders(5, in: book)
        try await book.submit(pay("o-3"))
        let change = TimeoutChange(
            .extend(by: .minutes(15)), "unpaid.after.30m", where: OrderFilter(status: "awaiting payment"))
        #expect(try await book.countTimeouts(change) == 4)
        #expect(try due("o-1", in: book) == noon.advanced(by: .minutes(30)))

        let started = try await book.startTimeoutJob(change)
        #expect(started.change == change)
        let once = try await book.resume(started, ordersMax: 2)
        #expect(once.changed == 2 && !once.isDone)
        // What was done is not done again from an older state of the job.
        await #expect(throws: Refusal.self) { try await book.resume(started, ordersMax: 2) }
        var found = try #require(try await book.unfinishedTimeoutJobs().first)
        #expect(found.number == started.number && found.changed == 2 && found.change == change)
        while !found.isDone { found = try await book.resume(found) }
        #expect(found.changed == 4)
        #expect(try await book.unfinishedTimeoutJobs().isEmpty)
        for number in [1, 2, 4, 5] {
            #expect(try due(OrderID("o-\(number)"), in: book) == noon.advanced(by: .minutes(45)))
        }

        #expect(try await book.changeTimeouts(TimeoutChange(.cancel, "unpaid.after.30m", where: change.filter)) == 4)
        #expect(try due("o-1", in: book) == nil)
        let stopped = try await book.startTimeoutJob(change)
        try await book.stop(stopped)
        #expect(try await book.unfinishedTimeoutJobs().isEmpty)
    }
}
