import Dispatch
import EngineFixtures
import Fixtures
import Testing
import WaybillCore
import WaybillStore
import WaybillTimeouts

@testable import WaybillEngine

@Suite(.timeLimit(.minutes(1))) struct `The note of a copy that is made as an operation` {
    /// A whole copy was taken for none, and its operation ran for ever.
    @Test func `waits for room with the writer`() async throws {
        let (reports, reporting) = AsyncStream.makeStream(of: LoopFailure.self)
        var settings = Engine.Settings()
        settings.intakeDepthMax = 1
        settings.report = { reporting.yield($0) }
        let engine = try MugShop.engine(Store.inMemory(), world: .system, settings: settings)
        defer { engine.close() }
        _ = try await engine.submit(StockCommand(.receive(9), of: MugShop.mug)).get()
        let origin = Origin(caller: "ops", reason: "a test")
        let given = try await engine.startBackup(to: "/nowhere/copy.db", by: origin, runningMax: 1) { _ in "" }
        guard case .now(let job) = given else {
            Issue.record("\(given)")
            return
        }
        let (inside, entering) = AsyncStream.makeStream(of: Void.self)
        let mayGoOn = DispatchSemaphore(value: 0)
        async let busy = engine.transact(MugShop.place("o-1"), deadline: .hours(1)) { _ in
            entering.yield()
            mayGoOn.wait()
        }
        for await _ in inside { break }
        async let waits = engine.submit(MugShop.cancel("none"))
        while engine.waitingCount < 1 { await Task.yield() }
        let noting = Task { try await engine.noted(job, pages: 7, end: .whole(last: Position(1), bytes: 4_096)) }
        for await report in reports {
            #expect(report.loop == .operations)
            break
        }
        mayGoOn.signal()
        _ = try await busy
        _ = await waits
        #expect(try await noting.value.isDone)
        guard case .backup(let noted)? = try engine.job(job.number) else {
            Issue.record("the job is gone")
            return
        }
        #expect(noted.isDone && noted.pages == 7)
    }
}
