import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

/// Each half message bears a word of its own in all its parts; no output may contain it before its commit, and none at
/// all after its rollback (promise P7).
@Suite struct `Nothing of an undecided message` {
    private static func marked(_ word: String) -> NewMessage {
        NewMessage.sample("orders", Array(word.utf8)).with {
            $0.tag = Text(word)
            $0.keys = [Text(word)]
            $0.properties = [Text(word): Text(word)]
            $0.messageGroup = Text(word)
            $0.trace = Text(word)
            $0.id = MessageID("id-of-\(word.utf8.count)")
        }
    }

    /// Everything that anybody but the message's own producer can ask for.
    private func outputs(_ desk: SendingDesk, _ prepared: PreparedMessage, _ word: String) throws -> String {
        let reader = desk.engine.messages
        var text = "\(try reader.topics(limit: 100))\(try reader.halfMessages(after: nil, limit: 100))"
        text += "\(try reader.messages(id: prepared.id))\(try reader.messages(key: Text(word)))"
        text += "\(try reader.messages(in: "orders", from: SendingDesk.opening, limit: 100))"
        text += "\(try reader.trace(id: prepared.id))"
        text += "\(String(describing: try reader.retention(of: "orders", at: desk.now)))"
        text += "\(try desk.engine.audits(limit: 100))"
        text += "\(try desk.ask(Recall(prepared.transaction, of: "orders")))"
        text += "\(try desk.ask(Resolve(Text(prepared.transaction.string + "0"), of: "orders", .commit)))"
        text += "\(try desk.ask(Resume(prepared.transaction, of: "orders")))"
        text += "\(try desk.ask(UpdateTopic("orders", TopicSettings(type: .mixed))))"
        let bodies = try desk.stored(in: "orders").map { String(decoding: $0.message.body ?? [], as: UTF8.self) }
        return text + "\(bodies)\(try desk.stored(in: "orders"))"
    }

    private func contains(_ word: String, _ text: String) -> Bool {
        text.contains(word) || text.contains("\(Array(word.utf8))")
    }

    @Test func `leaves the engine, whatever is asked, until it is committed`() throws {
        let desk = try SendingDesk()
        try desk.make("orders")
        let stranger = try ProducerAtDesk(desk, "somebody")
        let word = "w1thh3ld"
        let prepared = try desk.prepare(Self.marked(word))
        for _ in 0..<3 {
            #expect(!contains(word, try outputs(desk, prepared, word)))
            #expect(!contains(word, "\(try stranger.questions())"))
            _ = try desk.engine.maintain()
            desk.pass(.minutes(20))
        }
        _ = try desk.resolve(prepared, .commit)
        #expect(contains(word, try outputs(desk, prepared, word)))
    }

    @Test func `leaves it after a rollback, or while it is parked`() throws {
        let desk = try SendingDesk { $0.checkBacks.checksMax = 1 }
        try desk.make("orders")
        let producer = try ProducerAtDesk(desk)
        let parked = try desk.prepare(Self.marked("p4rk3d"))
        let rolledBack = try desk.prepare(Self.marked("r0ll3dback"))
        desk.pass(.seconds(6))
        #expect(try producer.questions().count == 2)
        _ = try desk.resolve(rolledBack, .rollback)
        desk.pass(.hours(1))
        #expect(try desk.half(parked)?.isParked == true)
        _ = try desk.engine.maintain()
        #expect(!contains("p4rk3d", try outputs(desk, parked, "p4rk3d")))
        #expect(!contains("r0ll3dback", try outputs(desk, rolledBack, "r0ll3dback")))
        #expect(!"\(try desk.pending().filter { $0.state == .rolledBack })".contains("r0ll3dback"))
    }

    /// RocketMQ lost a half message that was checked in the millisecond of its birth.
    @Test func `is lost when it is asked about in the moment of its birth, and decided in that write`() throws {
        let desk = try SendingDesk()
        try desk.make("orders")
        let producer = try ProducerAtDesk(desk)
        let prepared = try desk.prepare(.sample(), firstCheck: .seconds(0))
        #expect(try producer.questions().map(\.id) == [prepared.id])
        _ = try desk.resolve(prepared, .commit)
        #expect(try desk.visible(in: "orders") == [[1]])
        #expect(try producer.questions() == [])
    }
}
