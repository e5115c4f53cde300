import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `A topic` {
    @Test func `is made once, changed, listed and deleted`() throws {
        let desk = try SendingDesk()
        try desk.make("orders", .fifo)
        #expect(try desk.ask(CreateTopic("orders", TopicSettings())).refusal == .topicExists("orders"))
        guard case .success(let view) = try desk.ask(UpdateTopic("orders", TopicSettings(type: .mixed, queues: 8)))
        else {
            Issue.record("it was not changed")
            return
        }
        #expect(view.settings == TopicSettings(type: .mixed, queues: 8))
        try desk.make("returns")
        #expect(try desk.engine.messages.topics(limit: 10).map(\.name) == ["orders", "returns"])
        #expect(try desk.engine.messages.topics(after: "orders", limit: 10).map(\.name) == ["returns"])
        #expect(try desk.engine.messages.topics(limit: 1).map(\.name) == ["orders"])
        #expect(!(try desk.ask(DeleteTopic("orders")).isRefused))
        #expect(try desk.engine.messages.topics(limit: 1).map(\.name) == ["returns"])
        #expect(try desk.ask(DeleteTopic("orders")).refusal == .unknownTopic("orders"))
        #expect(try desk.ask(UpdateTopic("orders", TopicSettings())).refusal == .unknownTopic("orders"))
        #expect(try desk.ask(Send([.sample()])).refusal == .unknownTopic("orders"))
    }

    @Test func `has 1 to 1,024 queues, a size of 1 MiB or more, and a retention that does not end before it begins`()
        throws
    {
        let desk = try SendingDesk()
        for (index, settings) in [
            TopicSettings(queues: 1), TopicSettings(queues: 1_024), TopicSettings(bytesMax: 1 << 20),
            TopicSettings(retention: .seconds(0)),
        ].enumerated() {
            #expect(!(try desk.ask(CreateTopic(TopicName("t\(index)"), settings)).isRefused))
        }
        for settings in [
            TopicSettings(queues: 0), TopicSettings(queues: 1_025), TopicSettings(queues: .min),
            TopicSettings(bytesMax: 1 << 20 - 1), TopicSettings(bytesMax: .min), TopicSettings(retention: .seconds(-1)),
        ] {
            #expect(try desk.ask(CreateTopic("x", settings)).isRefused)
            #expect(try desk.ask(UpdateTopic("t0", settings)).isRefused)
        }
    }

    @Test func `is not deleted while messages wait for it, whatever was looked at before the write`() throws {
        let desk = try SendingDesk()
        try desk.make("orders")
        let later = desk.now.advanced(by: .hours(1))
        _ = try desk.send(.sample().with { $0.deliverAt = later })
        let first = try #require(try desk.pending().first)
        let half = try desk.prepare(.sample())
        #expect(
            try desk.ask(DeleteTopic("orders")).refusal == .topicAwaited("orders", delayed: 1, half: 1, calls: 0))
        let next = PendingMessageNumber(first.number.number + 1)
        #expect(
            try desk.ask(DeleteTopic("orders", from: next)).refusal
                == .topicAwaited("orders", delayed: 0, half: 1, calls: 0))
        #expect(throws: MessageRefusal.self) { try desk.engine.messages.undecided(in: "orders") }
        _ = try desk.resolve(half, .rollback)
        desk.pass(.hours(1))
        #expect(try desk.engine.messages.undecided(in: "orders") == PendingMessageNumber(0))
        #expect(!(try desk.ask(DeleteTopic("orders")).isRefused))
    }

    @Test func `of dead letters goes with its group only`() throws {
        let desk = try SendingDesk()
        _ = try desk.ask(KeepGroup("points", GroupSettings()))
        try desk.store.write { _ = try $0.keepTopic("%DLQ%points", at: desk.now) }
        #expect(try desk.ask(DeleteTopic("%DLQ%points")).flaw == .topic)
        _ = try desk.ask(DeleteGroup("points"))
        #expect(!(try desk.ask(DeleteTopic("%DLQ%points")).isRefused))
    }

    @Test(
        arguments: [
            (.normal, [true, false, false]), (.fifo, [false, true, false]), (.delay, [false, false, true]),
            (.transaction, [false, false, false]), (.mixed, [true, true, true]),
        ] as [(TopicType, [Bool])])
    func `takes messages of its type only`(type: TopicType, takes: [Bool]) throws {
        let desk = try SendingDesk()
        try desk.make("orders", type)
        let messages = [
            NewMessage.sample(), .sample().with { $0.messageGroup = "g" },
            .sample().with { $0.deliverAt = desk.now.advanced(by: .hours(1)) },
        ]
        for (message, isTaken) in zip(messages, takes) {
            let refusal = try desk.ask(Send([message])).refusal
            #expect(refusal == (isTaken ? nil : .wrongType("orders", takes: type, asked: message.type)))
        }
        let half = try desk.ask(Prepare(.sample(), producer: "p", firstCheck: nil))
        #expect(half.isRefused == (type != .transaction && type != .mixed))
    }
}
