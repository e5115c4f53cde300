import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

@Suite struct `A message` {
    @Test func `is refused when its topic is unknown`() throws {
        let store = try Store.inMemory()
        let engine = try Engine(
            store: store, workflows: [], world: .virtual(VirtualClock(start: Moment(milliseconds: 0)))
        ) { _ in throw EngineFailure.damaged("no workflow") }
        let reply = engine.perform(Send([NewMessage(to: "orders", body: [1])]))
        #expect(reply.refusal == .unknownTopic("orders"))
    }
}
