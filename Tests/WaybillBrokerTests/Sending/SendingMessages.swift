import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Sending` {
    @Test func `keeps everything that a message says, and answers with its id`() throws {
        let desk = try SendingDesk()
        try desk.make("orders")
        let message = NewMessage.sample().with {
            $0.tag = "paid"
            $0.keys = ["a b", "c"]
            $0.properties = ["amount": "12", "größe": "XL"]
            $0.priority = 7
            $0.lane = "green"
            $0.id = "01AB"
        }
        #expect(try desk.send(message) == SentMessage(id: "01AB"))
        let stored = try #require(try desk.stored(in: "orders").first)
        let content = try MessageContent(stored.message, event: nil)
        #expect(content.id == "01AB")
        #expect(content.keys == ["a b", "c"])
        #expect(content.properties == message.properties)
        #expect(stored.message.tag == "paid")
        #expect(stored.message.bornAt == desk.now)
        let number = try #require(try desk.store.read { try $0.topic("orders") })
        let queue = try #require(try desk.store.read { try $0.storedQueues(of: number) }.first)
        #expect(queue.lane == "green")
        #expect(queue.priority == 7)
    }

    @Test func `gives an id to whatever has none, another one each time`() throws {
        let desk = try SendingDesk()
        try desk.make("orders")
        let ids = try (0..<100).map { _ in try desk.send(.sample()).id }
        #expect(Set(ids).count == 100)
        #expect(ids.allSatisfy { !ReservedNames.isEventID($0.text) })
    }

    @Test func `keeps all messages of a batch, or none when one of them is wrong`() throws {
        let desk = try SendingDesk()
        try desk.make("orders")
        let good = NewMessage.sample()
        #expect(try desk.ask(Send([good, good.with { $0.body = [] }])).flaw == .body)
        #expect(try desk.ask(Send([good, good.with { $0.topic = "unknown" }])).refusal == .unknownTopic("unknown"))
        #expect(try desk.ask(Send([good, good.with { $0.topic = "TBW102" }])).flaw == .topic)
        #expect(try desk.ask(Send([])).flaw == .batch)
        #expect(try desk.ask(Send(Array(repeating: good, count: 33))).flaw == .batch)
        #expect(try desk.stored(in: "orders") == [])
        guard case .success(let sent) = try desk.ask(Send(Array(repeating: good, count: 32))) else {
            Issue.record("32 messages were refused")
            return
        }
        #expect(sent.count == 32)
        #expect(try desk.stored(in: "orders").map(\.message.id) == sent.map(\.id.text))
    }

    @Test func `refuses what goes beyond a bound, and says which part`() throws {
        let desk = try SendingDesk()
        try desk.make("orders")
        let long = Text(String(repeating: "x", count: 300))
        let cases: [(MessageFlaw.Part, (inout NewMessage) -> Void)] = [
            (.body, { $0.body = [UInt8](repeating: 0, count: 4 << 20 + 1) }), (.tag, { $0.tag = "a|b" }),
            (.key, { $0.keys = ["ok", " "] }), (.messageGroup, { $0.messageGroup = long }),
            (.property, { $0.properties = ["TRAN_MSG": "true"] }), (.property, { $0.properties = ["a": "\n"] }),
            (.properties, { $0.properties = ["a": Text(String(repeating: "x", count: 16_384))] }),
            (.id, { $0.id = "e1-0" }), (.id, { $0.id = MessageID(long) }), (.lane, { $0.lane = long }),
            (.priority, { $0.priority = 10 }), (.priority, { $0.priority = .min }),
            (.trace, { $0.trace = Text(String(repeating: "x", count: 513)) }),
            (
                .priority,
                {
                    $0.priority = 1
                    $0.messageGroup = "g"
                }
            ),
        ]
        for (part, change) in cases {
            #expect(try desk.ask(Send([NewMessage.sample().with(change)])).flaw == part)
        }
        #expect(try desk.stored(in: "orders") == [])
        let most = NewMessage.sample().with { $0.body = [UInt8](repeating: 0, count: 4 << 20) }
        #expect(try !desk.ask(Send([most])).isRefused)
    }

    @Test func `stops when the disk has less than 10 percent free, and goes on by itself`() throws {
        let space = Gauge()
        let desk = try SendingDesk { $0.diskSpace = { space.reading } }
        try desk.make("orders")
        for (free, refused) in [(99, true), (100, false), (101, false), (0, true), (500, false)] as [(Int64, Bool)] {
            space.set(DiskSpace(free: free, total: 1_000))
            desk.engine.lookAtDisk()
            let refusal = try desk.ask(Send([.sample()])).refusal
            #expect(refusal == (refused ? .diskNearlyFull(freePercent: Int(free / 10)) : nil))
            let half = try desk.ask(Prepare(.sample(), producer: "p", firstCheck: nil)).refusal
            #expect(half == refusal)
        }
        space.set(nil)
        desk.engine.lookAtDisk()
        #expect(try desk.ask(Send([.sample()])).refusal == nil)
    }
}
