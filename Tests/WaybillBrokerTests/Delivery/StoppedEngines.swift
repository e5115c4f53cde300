import Synchronization
import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts
import WorkflowFile

@Suite struct `An engine that a failed commit has stopped` {
    @Test(.timeLimit(.minutes(1))) func `tells consumers who wait, and those who come later`() async throws {
        let isBroken = Mutex(false)
        var settings = StoreSettings()
        settings.commitFault = {
            isBroken.withLock { $0 } ? StoreFailure(.inputOutput, "the disk is gone", sqliteCode: 10) : nil
        }
        let engine = try Engine(store: Store.inMemory(settings: settings), workflows: [], world: .system) {
            try WorkflowFile.load(stored: $0.string)
        }
        _ = await engine.submit(CreateTopic("news", TopicSettings(type: .mixed)))
        _ = await engine.submit(KeepGroup("readers", GroupSettings()))
        var request = ReceiveRequest(group: "readers", subscription: Subscription("news"), client: "c1")
        #expect(try await engine.receive(request).get().isEmpty)
        request.wait = .seconds(20)
        async let waiting = engine.receive(request)
        while engine.groups.census().waiting == 0 { await Task.yield() }
        isBroken.withLock { $0 = true }
        let sent = await engine.submit(Send([NewMessage(to: "news", body: [1])]))
        #expect(sent.refusal?.code == "outcome_unknown")
        for result in [await waiting, await engine.receive(request)] {
            guard case .failure(let refusal) = result else {
                Issue.record("it was told that nothing has come: \(result)")
                continue
            }
            #expect(refusal.code == "fail_stopped")
        }
        engine.close()
    }
}
