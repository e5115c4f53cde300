import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

@Suite struct `Bug 0041: a disk that is nearly full` {
    /// The disk was looked at for the first time half a second after the opening; a command that sends one message
    /// was over by then, and the last bytes of the disk were taken by it.
    @Test func `refuses the first message after the opening`() async throws {
        var settings = Engine.Settings()
        settings.broker.diskSpace = { DiskSpace(free: 9, total: 100) }
        let engine = try Engine(
            store: try Store.inMemory(), workflows: [], world: .system, settings: settings
        ) { _ in throw EngineFailure.damaged("no workflow") }
        defer { engine.close() }
        _ = await engine.submit(CreateTopic("orders", TopicSettings(type: .mixed)))
        let reply = await engine.submit(Send([.sample()]))
        #expect(reply.refusal == .diskNearlyFull(freePercent: 9))
    }
}
