import Synchronization
import Testing
import WaybillCore
import WaybillTimeouts

@testable import WaybillBroker
@testable import WaybillEngine

@Suite struct `Bug 0168: where one attempt is all, and two consumers receive at once` {
    /// The one who was behind had looked at the first messages and not taken them; the other's took the
    /// delivered-through mark beyond them. After the crash they counted as delivered, and were dead.
    @Test(arguments: [false, true])
    func `a crash buries nothing that nobody was given`(isFIFO: Bool) async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin("points", GroupSettings(isFIFO: isFIFO, attemptsMax: 1))
        _ = try await broker.take("points")
        for number in 0..<40 { try await broker.send(number) }
        let engine = shop.engine
        let ofTheOther = Mutex<[Int]>([])
        // The slow one has found its messages, and the process ends before it can take them.
        let slow = Receiver(engine.receiverParts) { request in
            guard case .take = request else { return await engine.submit(request) }
            let others = try? await broker.take("points", client: "fast").numbers
            ofTheOther.withLock { $0 += others ?? [] }
            return .refused(.overloaded("the process ends here", retryAfter: .seconds(1)))
        } surface: {
            false
        }
        let reception = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "slow")
        #expect(try await slow.receive(reception).get().isEmpty)
        let had = ofTheOther.withLock { $0 }
        try broker.crash()
        broker.pass(.minutes(1))
        let rest = try await broker.drain("points")
        // What the other one was given is dead, and nothing else.
        #expect(Set(rest).isDisjoint(with: had))
        #expect(rest.count + had.count == 40)
    }
}
