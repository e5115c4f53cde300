import Fixtures
import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// Copies of an order book that goes on, and copies that are asked for as an operation.
@Suite struct `A backup of an order book` {
    private let temporary: TemporaryDirectory
    private var path: String { temporary.file("shop.db") }
    private var copy: String { temporary.file("copy.db") }

    init() throws { temporary = try TemporaryDirectory() }

    private func open(_ path: String, in world: World = .virtual(VirtualClock(start: noon))) throws -> OrderBook {
        try OrderBook.open(path, workflows: [mugShop], world: world)
    }

    private func filled(_ count: Int = 50, in world: World = .virtual(VirtualClock(start: noon))) async throws
        -> OrderBook
    {
        let book = try open(path, in: world)
        try await book.submit(StockCommand(.receive(5_000), of: mug))
        for number in 1...count { try await book.submit(place(OrderID("o-\(number)"))) }
        return book
    }

    @Test func `has everything, and goes on where the book was`() async throws {
        let book = try await filled()
        let path = copy
        let copy = try await book.backup(to: path)
        print("all up to event \(copy.last.number) is in \(copy.path)")
        let made = copy
        #expect(made.path == path)
        #expect(made.last == book.engine.lastPosition)
        #expect(made.restarts == 0)
        try await book.submit(place("late"))
        await book.close()
        let clock = VirtualClock(start: noon)
        let restored = try open(path, in: .virtual(clock))
        defer { restored.close() }
        #expect(try await restored.order("late") == nil)
        #expect(try await restored.order("o-50")?.status == "awaiting payment")
        #expect(try await restored.stock(mug)?.reserved == 50)
        restored.advance(by: .minutes(31))
        #expect(try await restored.order("o-50")?.status == "closed")
    }

    @Test func `has what was acknowledged while it was made, in the real world`() async throws {
        let book = try await filled(2_000, in: .system)
        defer { book.close() }
        let placing = Task {
            var placed: [OrderID] = []
            for number in 1...400 {
                let id = OrderID("n-\(number)")
                try await book.submit(place(id))
                placed.append(id)
            }
            return placed
        }
        let made = try await book.backup(to: copy)
        _ = try await placing.value
        let restored = try open(copy)
        defer { restored.close() }
        #expect(restored.engine.lastPosition >= made.last)
        for number in 1...2_000 { #expect(try await restored.order(OrderID("o-\(number)")) != nil) }
        // Whatever is in it beyond is whole: orders of the same number of events as in the book.
        for number in 1...400 {
            guard let order = try await restored.order(OrderID("n-\(number)")) else { continue }
            #expect(order.version == 1)
        }
    }

    @Test func `is given up with its task, and with its book`() async throws {
        let book = try await filled(in: .system)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await book.backup(to: copy)
        }
        await #expect(throws: BackupFailure.self) { try await task.value }
        #expect(!FileManager.default.fileExists(atPath: copy + ".part"))
        await book.close()
        let failure = await #expect(throws: BackupFailure.self) { try await book.backup(to: copy) }
        #expect(failure?.kind == .ended)
        #expect(!FileManager.default.fileExists(atPath: copy + ".part"))
    }

    @Test func `asked for as an operation is begun anew after a restart, and says how it ended`() async throws {
        let first = try await filled()
        let origin = Origin(caller: "ops-eva", reason: "before the upgrade")
        guard
            case .now(let begun) = try await first.engine.startBackup(
                to: copy, by: origin, runningMax: 4, form: { _ in "" })
        else { return #expect(Bool(false), "there was no such request before") }
        #expect(begun.end == nil)
        await first.close()
        try Data().write(to: URL(fileURLWithPath: copy + ".part"))

        let second = try open(path)
        let unfinished = try second.engine.runningJobs()
        var job = try #require(unfinished.first)
        #expect(job.by == "ops-eva")
        while !job.isDone, !job.isStopped { job = try await second.engine.step(job) }
        guard case .backup(let done) = job, case .whole(let last, let bytes) = done.end else {
            return #expect(Bool(false), "\(job)")
        }
        #expect(last < second.engine.lastPosition)
        #expect(try FileManager.default.attributesOfItem(atPath: copy)[.size] as? Int64 == bytes)
        // The row says the same as the answer.
        guard case .backup(let read)? = try second.engine.job(done.number) else { return #expect(Bool(false)) }
        #expect(read.isDone && read.file == "copy.db")

        // There is something now: the next one fails, and says why.
        guard
            case .now(let again) = try await second.engine.startBackup(
                to: copy, by: origin, runningMax: 4, form: { _ in "" })
        else { return #expect(Bool(false)) }
        let failed = try await second.engine.step(EngineJob.backup(again))
        #expect(failed.isStopped && !failed.isDone)
        guard case .backup(let why)? = try second.engine.job(again.number) else { return #expect(Bool(false)) }
        #expect(why.failure?.string.contains("is there already") == true)
        #expect(try second.engine.runningJobs().isEmpty)
        let audits = try second.engine.audits(limit: 100)
        #expect(audits.filter { $0.type == "$backup" }.count == 2)
        #expect(audits.filter { $0.type == "$operation" }.count == 2)
        await second.close()
        // The copy holds that it was being made. Opened elsewhere it says that this has ended, and makes no other one.
        let elsewhere = copy + ".restored"
        try FileManager.default.moveItem(atPath: copy, toPath: elsewhere)
        let restored = try open(elsewhere)
        defer { restored.close() }
        guard case .backup(let seen)? = try restored.engine.job(done.number) else { return #expect(Bool(false)) }
        #expect(seen.isStopped && seen.failure?.string.contains("is a copy") == true)
        for job in try restored.engine.runningJobs() { #expect(try await restored.engine.step(job).isStopped) }
        #expect(try restored.engine.runningJobs().isEmpty)
        #expect(
            !FileManager.default.fileExists(atPath: copy) && !FileManager.default.fileExists(atPath: copy + ".part"))
    }
}
