import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// Bulk work that an operator lets rest.
@Suite struct `A job that is paused` {
    private let change = TimeoutChange(
        .extend(by: .minutes(15)), "unpaid.after.30m", where: OrderFilter(status: "awaiting payment"))

    private func due(_ number: Int, in book: OrderBook) throws -> Moment? {
        try book.order(OrderID("o-\(number)"))?.timeouts.first?.due
    }

    @Test func `does nothing until it is resumed, also after the file was closed, and goes on where it was`()
        async throws
    {
        let file = try ShopFile()
        let world = World.virtual(VirtualClock(start: noon))
        let first = try OrderBook.open(file.path, workflows: [mugShop], world: world)
        try await first.submit(StockCommand(.receive(100), of: mug))
        for number in 1...5 { try await first.submit(place(OrderID("o-\(number)"))) }
        let job = try await first.resume(first.startTimeoutJob(change), ordersMax: 2)
        try await first.pause(job)
        await #expect(throws: Refusal.self) { try await first.resume(job) }
        await first.close()

        let second = try OrderBook.open(file.path, workflows: [mugShop], world: world)
        defer { second.close() }
        var found = try #require(try await second.unfinishedTimeoutJobs().first)
        #expect(found.isPaused && found.changed == 2 && !found.isDone)
        #expect(try second.engine.runningJobs().isEmpty)
        await #expect(throws: Refusal.self) { try await second.resume(found) }
        #expect(try due(5, in: second) == noon.advanced(by: .minutes(30)))

        try await second.unpause(found)
        while !found.isDone { found = try await second.resume(found, ordersMax: 2) }
        #expect(!found.isPaused && found.changed == 5)
        for number in 1...5 { #expect(try due(number, in: second) == noon.advanced(by: .minutes(45))) }
        #expect(try await second.order("o-1")?.version == 2, "none was changed twice")
        // A paused one that is done, and one that runs, are left alone.
        try await second.pause(found)
        try await second.unpause(found)
        #expect(try await second.unfinishedTimeoutJobs().isEmpty)
    }

    @Test func `is given up like one that runs`() async throws {
        let book = try await mugBook(stock: 100)
        try await book.submit(place("o-1"))
        let job = try await book.startTimeoutJob(change)
        try await book.pause(job)
        try await book.stop(job)
        #expect(try await book.unfinishedTimeoutJobs().isEmpty)
        try await book.unpause(job)
        await #expect(throws: Refusal.self) { try await book.resume(job) }
        #expect(try due(1, in: book) == noon.advanced(by: .minutes(30)))
    }

    @Test func `takes no place of those that may run, and needs one to go on`() async throws {
        let book = try await mugBook(stock: 100)
        let origin = Origin(caller: "ops-eva", reason: "a sale")
        func start() async throws -> BulkTimeoutJob {
            let given = try await book.engine.start(
                BulkTimeoutChange(.cancel, "unpaid.after.30m", where: OrderFilter(status: "paid")), by: origin,
                runningMax: 2, form: { _ in "" })
            guard case .now(let job) = given else { throw Refusal.badCursor }
            return job
        }
        let first = try await start()
        _ = try await start()
        await #expect(throws: Refusal.limit("operations that run at a time", max: 2)) { try await start() }
        _ = try await book.engine.pause(first.number, by: origin) { _ in "" }
        _ = try await start()
        await #expect(throws: Refusal.limit("operations that run at a time", max: 2)) {
            try await book.engine.unpause(first.number, by: origin, runningMax: 2) { _ in "" }
        }
        let acts = try book.engine.audits(limit: 100).filter { $0.type == "$operation" }
        #expect(acts.count == 4)
        #expect(String(decoding: acts[2].body, as: UTF8.self).contains("paused"))
        #expect(acts.allSatisfy { $0.caller == "ops-eva" })
    }

    @Test func `with a copy keeps nothing of it, and begins it anew`() async throws {
        let file = try ShopFile()
        let book = try OrderBook.open(file.path, workflows: [mugShop], world: .virtual(VirtualClock(start: noon)))
        defer { book.close() }
        let copy = file.path + ".copy"
        let origin = Origin(caller: "ops-eva", reason: "before the upgrade")
        guard
            case .now(let begun) = try await book.engine.startBackup(
                to: copy, by: origin, runningMax: 4, form: { _ in "" })
        else { return #expect(Bool(false)) }
        _ = try await book.engine.pause(begun.number, by: origin) { _ in "" }
        await #expect(throws: Refusal.self) { try await book.engine.step(EngineJob.backup(begun)) }
        #expect(!FileManager.default.fileExists(atPath: copy + ".part"))
        #expect(try #require(try book.engine.job(begun.number)).isPaused)
        _ = try await book.engine.unpause(begun.number, by: origin) { _ in "" }
        var job = try #require(try book.engine.job(begun.number))
        while !job.isDone, !job.isStopped { job = try await book.engine.step(job) }
        #expect(job.isDone && FileManager.default.fileExists(atPath: copy))
    }
}

/// Rows of work that has ended.
@Suite struct `Jobs that have ended` {
    private func fill(_ book: OrderBook, _ count: Int, _ state: JobRow.State) throws {
        try book.engine.store.write { transaction in
            for _ in 0..<count {
                let job = try transaction.insertJob(kind: "timeouts", request: "{}", cursor: "0", at: noon)
                _ = try transaction.advanceJob(job, to: state, cursor: "0", done: 0, at: noon)
            }
        }
    }

    private func count(_ book: OrderBook) throws -> Int64 {
        try book.engine.store.read { try $0.countJobs(limit: 10_000) }.reduce(0) { $0 + $1.jobs }
    }

    private let change = TimeoutChange(.cancel, "unpaid.after.30m", where: OrderFilter(status: "paid"))

    @Test func `are kept a thousand of, and the oldest goes when one more begins`() async throws {
        let book = try await mugBook()
        let paused = try await book.startTimeoutJob(change)
        try await book.pause(paused)
        try fill(book, 998, .done)
        #expect(try await book.startTimeoutJob(change).number == 1_000)
        #expect(try count(book) == 1_000)
        #expect(try book.engine.job(2) != nil)
        #expect(try await book.startTimeoutJob(change).number == 1_001)
        #expect(try book.engine.job(2) != nil, "the paused one alone is beyond, and has not ended")
        #expect(try await book.startTimeoutJob(change).number == 1_002)
        #expect(try book.engine.job(2) == nil)
        #expect(try book.engine.job(3) != nil)
        #expect(try book.engine.job(1)?.isPaused == true)
    }

    @Test func `make room, and where none has ended one more is refused`() async throws {
        let book = try await mugBook()
        try fill(book, 1_000, .running)
        await #expect(throws: Refusal.limit("operations that have not ended", max: 1_000)) {
            try await book.startTimeoutJob(change)
        }
        try book.engine.store.write { transaction in
            _ = try transaction.advanceJob(7, to: .stopped, cursor: "0", done: 0, at: noon)
        }
        #expect(try await book.startTimeoutJob(change).number == 1_001)
    }
}
