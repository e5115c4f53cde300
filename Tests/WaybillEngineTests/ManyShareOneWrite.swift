import Dispatch
import EngineFixtures
import Fixtures
import Synchronization
import Testing
import WaybillCore
import WaybillStore
import WaybillTimeouts

@testable import WaybillEngine

@Suite struct `Requests that wait for the writer` {
    private static let depth = 200

    /// Fills the intake to the brim and sends one more while the writer is busy; it goes on when that one was refused.
    private func fill(_ engine: Engine) async throws -> [Answer] {
        let isBusy = DispatchSemaphore(value: 0)
        let mayGoOn = DispatchSemaphore(value: 0)
        async let busy = engine.transact(MugShop.place("busy"), deadline: .hours(1)) { _ in
            isBusy.signal()
            mayGoOn.wait()
        }
        // On a thread of its own: a task must not wait for a semaphore.
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                isBusy.wait()
                continuation.resume()
            }
        }
        let answers = await withTaskGroup(of: Answer.self) { group in
            for number in 0..<Self.depth + 1 {
                group.addTask {
                    let answer = await engine.submit(MugShop.place(OrderID("o-\(number)")))
                    // All others wait in line: nobody comes after this one, however slow the machine is.
                    if case .refused(.overloaded) = answer { mayGoOn.signal() }
                    return answer
                }
            }
            return await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        _ = try await busy
        return answers
    }

    @Test func `share one write, and are refused with a time to come back when the line is full`() async throws {
        var settings = Engine.Settings()
        settings.intakeDepthMax = Self.depth
        settings.writeRequestsMax = Self.depth
        let engine = try MugShop.engine(Store.inMemory(), world: .system, settings: settings)
        let received = await engine.submit(StockCommand(.receive(1_000), of: MugShop.mug))
        guard case .success = received else {
            Issue.record("\(received)")
            return
        }
        let answers = try await fill(engine)
        #expect(answers.count { $0.isAccepted } == Self.depth)
        #expect(answers.count { $0 == .refused(.overloaded(retryAfter: .seconds(1))) } == 1)
        // Which event was written when: those of one write have one time, and each write looks at the clock once.
        let writes = Set(try (0...Self.depth).compactMap { try engine.order(OrderID("o-\($0)"))?.placedAt })
        #expect(writes.count == 1, "\(writes.count) writes for \(Self.depth) orders")
        #expect(try engine.stock(MugShop.mug)?.reserved == Int64(Self.depth) + 1)
        engine.close()
    }

    @Test func `are answered in the order in which they came`() throws {
        let engine = try MugShop.engine(Store.inMemory())
        _ = try engine.receive(3, of: MugShop.mug).get()
        let answers = engine.answers([
            MugShop.pay("o-1"), MugShop.place("o-1"), MugShop.pay("o-1"), MugShop.place("o-2", qty: 3),
            MugShop.place("o-2", qty: 2), MugShop.place("o-3"),
            MugShop.cancel("o-2"), MugShop.place("o-3"),
        ])
        #expect(
            answers.map(\.code) == [
                "unknown_order", "accepted", "accepted", "insufficient_stock", "accepted", "insufficient_stock",
                "accepted", "accepted",
            ])
        #expect(engine.writeCount == 2, "the receipt, and all of these")
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A commit that fails` {
    @Test func `for want of room on the disk stops the engine too, and promises nothing`() async throws {
        var settings = StoreSettings()
        let isFull = Mutex(false)
        settings.commitFault = {
            isFull.withLock { $0 } ? StoreFailure(.full, "database or disk is full", sqliteCode: 13) : nil
        }
        let engine = try MugShop.engine(Store.inMemory(settings: settings))
        _ = try engine.receive(10, of: MugShop.mug).get()
        isFull.withLock { $0 = true }
        #expect(engine.answers([MugShop.place("o-1")]).map(\.code) == ["outcome_unknown"])
        isFull.withLock { $0 = false }
        #expect(engine.answers([MugShop.place("o-2")]).map(\.code) == ["fail_stopped"])
        engine.close()
    }

    @Test func `tells who waits for the engine's stop why it has stopped`() async throws {
        var settings = StoreSettings()
        let isBroken = Mutex(false)
        settings.commitFault = {
            isBroken.withLock { $0 } ? StoreFailure(.inputOutput, "the disk is gone", sqliteCode: 10) : nil
        }
        let engine = try MugShop.engine(Store.inMemory(settings: settings))
        let stopped = Task { await engine.waitForStop() }
        while engine.vitals.watcherCount == 0 { await Task.yield() }
        _ = try engine.receive(10, of: MugShop.mug).get()
        isBroken.withLock { $0 = true }
        #expect(engine.answers([MugShop.place("o-1")]).map(\.code) == ["outcome_unknown"])
        #expect(await stopped.value?.contains("the disk is gone") == true)
        #expect(engine.vitalsNow.stopped?.contains("the disk is gone") == true)
        #expect(await engine.waitForStop() != nil, "it has stopped already")
        engine.close()
    }

    @Test func `leaves the writer nothing to do of what is due`() throws {
        var settings = StoreSettings()
        let isBroken = Mutex(false)
        settings.commitFault = {
            isBroken.withLock { $0 } ? StoreFailure(.inputOutput, "the disk is gone", sqliteCode: 10) : nil
        }
        let engine = try MugShop.engine(Store.inMemory(settings: settings))
        _ = try engine.receive(10, of: MugShop.mug).get()
        #expect(engine.answers([MugShop.place("o-1")]).map(\.code) == ["accepted"])
        let due = MugShop.noon.advanced(by: .minutes(30))
        #expect(engine.writer.withLock { $0.isDue(by: due) })
        isBroken.withLock { $0 = true }
        #expect(engine.answers([MugShop.place("o-2")]).map(\.code) == ["outcome_unknown"])
        #expect(!engine.writer.withLock { $0.isDue(by: due) })
        engine.close()
    }

    @Test func `stops the engine until the file is opened again, and acknowledges nothing of it`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        let isBroken = Mutex(false)
        var settings = StoreSettings()
        settings.commitFault = {
            isBroken.withLock { $0 } ? StoreFailure(.inputOutput, "the disk is gone", sqliteCode: 10) : nil
        }
        let engine = try MugShop.engine(Store.open(path, settings: settings))
        _ = try engine.receive(10, of: MugShop.mug).get()
        #expect(engine.answers([MugShop.place("o-1")]).map(\.code) == ["accepted"])
        isBroken.withLock { $0 = true }
        #expect(
            engine.answers([MugShop.place("o-2"), MugShop.pay("o-1")]).map(\.code) == [
                "outcome_unknown", "outcome_unknown",
            ])
        isBroken.withLock { $0 = false }
        #expect(
            engine.answers([MugShop.pay("o-1")]).map(\.code) == ["fail_stopped"], "nobody knows what the file holds")
        let refused = await #expect(throws: Refusal.self) {
            _ = try await engine.transact(MugShop.pay("o-1"), deadline: .seconds(1)) { _ in }
        }
        #expect(refused?.code == "fail_stopped")
        engine.advance(to: MugShop.noon.advanced(by: .hours(1)))
        engine.close()

        let again = try MugShop.engine(Store.open(path))
        #expect(try again.order("o-1")?.status == "awaiting payment")
        #expect(try again.order("o-2") == nil)
        #expect(try again.stock(MugShop.mug)?.reserved == 1)
        #expect(again.answers([MugShop.pay("o-1")]).map(\.code) == ["accepted"])
        again.close()
    }
}
