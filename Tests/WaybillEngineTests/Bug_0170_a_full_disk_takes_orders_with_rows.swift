import EngineFixtures
import Fixtures
import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

/// A command with rows of its caller went past the look at the disk.
@Suite struct `Bug 0170: a disk that is nearly full` {
    @Test func `takes no command with rows of its caller either`() async throws {
        var settings = Engine.Settings()
        settings.broker.diskSpace = { DiskSpace(free: 4, total: 100) }
        let engine = try MugShop.engine(Store.inMemory(), settings: settings)
        _ = try engine.receive(10, of: MugShop.mug).get()
        engine.lookAtDisk()
        let refusal = await #expect(throws: Refusal.self) {
            _ = try await engine.transact(MugShop.place("o-1"), deadline: .seconds(1)) { _ in }
        }
        #expect(refusal == .diskNearlyFull(freePercent: 4))
        #expect(try engine.order("o-1") == nil)
        engine.close()
    }
}
