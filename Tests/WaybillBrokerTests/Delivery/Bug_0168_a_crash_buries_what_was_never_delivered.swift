import Synchronization
import Testing
import WaybillCore
import WaybillTimeouts

@testable import WaybillBroker
@testable import WaybillEngine

private final class Numbers: Sendable {
    private let numbers = Mutex<[Int]>([])
    var all: [Int] { numbers.withLock { $0 } }
    func add(_ more: [Int]) { numbers.withLock { $0 += more } }
}

/// Its consumer has found messages, another one receives, and the process ends before the first can take them.
private struct SlowWriter: VerbWriter {
    let engine: Engine
    let other: DeliveryDriver
    let had: Numbers

    func submit<Verb: BrokerVerb>(_ verb: Verb) async -> BrokerReply<Verb.Answer> {
        guard verb is Take else { return await engine.submit(verb) }
        do { had.add(try await other.take("points", client: "fast").numbers) } catch { Issue.record(error) }
        return .failure(.overloaded("the process ends here", retryAfter: .seconds(1)))
    }

    func surfaceOverdue() async -> Bool { false }
}

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
        let ofTheOther = Numbers()
        let slow = Receiver(engine.receiverParts, writer: SlowWriter(engine: engine, other: broker, had: ofTheOther))
        let reception = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "slow")
        #expect(await slow.receive(reception).refusal?.code == "overloaded")
        let had = ofTheOther.all
        try broker.crash()
        broker.pass(.minutes(1))
        let rest = try await broker.drain("points")
        // What the other one was given is dead, and nothing else.
        #expect(Set(rest).isDisjoint(with: had))
        #expect(rest.count + had.count == 40)
    }
}
