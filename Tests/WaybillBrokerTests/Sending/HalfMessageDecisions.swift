import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `A half message` {
    private func desk() throws -> SendingDesk {
        let desk = try SendingDesk()
        try desk.make("orders", .transaction)
        return desk
    }

    @Test func `is visible from its commit on, with all that it says, and once`() throws {
        let desk = try desk()
        let message = NewMessage.sample("orders", [9]).with {
            $0.tag = "paid"
            $0.keys = ["k"]
            $0.properties = ["amount": "12"]
            $0.lane = "green"
        }
        let prepared = try desk.prepare(message)
        desk.pass(.hours(1))
        #expect(try desk.visible(in: "orders") == [])
        let committed = try #require(try desk.resolve(prepared, .commit).decision)
        #expect(committed == DecidedMessage(id: prepared.id, resolution: .commit, at: desk.now))
        let stored = try #require(try desk.stored(in: "orders").first)
        let content = try MessageContent(stored.message, event: nil)
        #expect(stored.visibleAt == desk.now)
        #expect(stored.message.tag == "paid")
        #expect(content.keys == ["k"])
        #expect(content.properties == ["amount": "12"])
        desk.pass(.hours(1))
        let repeated = try #require(try desk.resolve(prepared, .commit).decision)
        #expect(repeated == committed)
        #expect(try desk.stored(in: "orders").count == 1)
    }

    @Test func `that was rolled back is never visible, and keeps nothing of what it said`() throws {
        let desk = try desk()
        let prepared = try desk.prepare(
            .sample().with {
                $0.tag = "secret-tag"
                $0.keys = ["secret-key"]
            })
        let first = try #require(try desk.resolve(prepared, .rollback).decision)
        #expect(try desk.resolve(prepared, .rollback).decision == first)
        #expect(try desk.visible(in: "orders") == [])
        let row = try #require(try desk.pending().first)
        #expect(row.state == .rolledBack)
        #expect(row.message.body == nil && row.message.tag == nil && row.message.key == nil)
        #expect(try desk.timeouts(.checkBack) == [])
    }

    /// Check-back says rollback, and then the slow local transaction says commit: both must not count.
    @Test(arguments: [(.commit, .rollback), (.rollback, .commit)] as [(Resolution, Resolution)])
    func `keeps its first decision, and tells the second what it was`(first: Resolution, second: Resolution) throws {
        let desk = try desk()
        let prepared = try desk.prepare(.sample())
        _ = try desk.resolve(prepared, first)
        desk.pass(.minutes(10))
        guard case .decidedAlready = try desk.resolve(prepared, second).refusal else {
            Issue.record("the second decision was not refused")
            return
        }
        #expect(try desk.visible(in: "orders").count == (first == .commit ? 1 : 0))
    }

    @Test func `decided both ways in one write is what came first`() throws {
        let desk = try desk()
        let prepared = try desk.prepare(.sample())
        let areRefused = desk.engine.areRefused([
            Resolve(prepared.transaction, of: "orders", .rollback),
            Resolve(prepared.transaction, of: "orders", .commit),
        ])
        #expect(areRefused == [false, true])
        #expect(try desk.visible(in: "orders") == [])
    }

    @Test func `is not committed by an answer that does not know`() throws {
        let desk = try desk()
        let prepared = try desk.prepare(.sample())
        #expect(try desk.resolve(prepared, .unknown).decision?.at == nil)
        #expect(try desk.visible(in: "orders") == [])
        #expect(try desk.half(prepared) != nil)
        _ = try desk.resolve(prepared, .commit)
        #expect(try desk.resolve(prepared, .unknown).decision?.resolution == .commit)
    }

    /// An HTTP 200 with an error text once counted as a commit.
    @Test(arguments: ["", "COMMIT", "ok", "committed", "200", "error: commit failed", "commit\n", "commit "])
    func `is decided by no word but the exact one`(word: String) {
        #expect(Resolution(rawValue: word) == nil)
    }

    @Test func `is decided by its own transaction id only, and in its own topic`() throws {
        let desk = try desk()
        try desk.make("others")
        let prepared = try desk.prepare(.sample())
        let delayed = try desk.send(
            NewMessage.sample("others").with { $0.deliverAt = desk.now.advanced(by: .hours(1)) })
        for (text, topic) in [
            (prepared.transaction, "others"), (delayed.recallHandle ?? "", "others"), ("", "orders"),
            (prepared.id.text, "orders"), (Text(prepared.transaction.string + "00"), "orders"),
        ] as [(Text, TopicName)] {
            #expect(try desk.ask(Resolve(text, of: topic, .commit)).isRefused)
            #expect(try desk.ask(Resume(text, of: topic)).isRefused)
        }
        #expect(try desk.half(prepared) != nil)
        #expect(try desk.visible(in: "others") == [])
    }

    @Test func `is known for a day after its decision`() throws {
        let desk = try desk()
        let prepared = try desk.prepare(.sample())
        _ = try desk.resolve(prepared, .commit)
        desk.pass(.hours(24))
        #expect(try !desk.resolve(prepared, .commit).isRefused)
        desk.pass(Interval(milliseconds: 1))
        guard case .unknownMessage = try desk.resolve(prepared, .rollback).refusal else {
            Issue.record("it is known after a day")
            return
        }
    }

    @Test func `ends with its topic`() throws {
        let desk = try desk()
        let prepared = try desk.prepare(.sample())
        try desk.deleteAsEarlierReleasesDid("orders")
        desk.pass(.minutes(1))
        #expect(try desk.pending().map(\.state) == [.rolledBack])
        try desk.make("orders", .transaction)
        #expect(try desk.resolve(prepared, .commit).isRefused)
        #expect(try desk.visible(in: "orders") == [])
    }

    @Test func `is refused without a producer, with a delivery time, or with a first question too far away`() throws {
        let desk = try desk()
        let message = NewMessage.sample()
        #expect(try desk.ask(Prepare(message, producer: "", firstCheck: nil)).flaw == .producer)
        #expect(try desk.ask(Prepare(message, producer: "p", firstCheck: .minutes(61))).flaw == .firstCheck)
        #expect(try desk.ask(Prepare(message, producer: "p", firstCheck: .seconds(-1))).flaw == .firstCheck)
        let later = message.with { $0.deliverAt = desk.now.advanced(by: .hours(1)) }
        #expect(try desk.ask(Prepare(later, producer: "p", firstCheck: nil)).flaw == .deliverAt)
        #expect(try desk.ask(Prepare(message.with { $0.body = [] }, producer: "p", firstCheck: nil)).flaw == .body)
        #expect(try desk.pending() == [])
    }

    @Test func `and its decision outlive the process`() throws {
        let file = try TemporaryBrokerFile()
        let first = try SendingDesk(store: file.open())
        try first.make("orders")
        let undecided = try first.prepare(.sample("orders", [1]))
        let rolledBack = try first.prepare(.sample("orders", [2]))
        let committed = try first.prepare(.sample("orders", [3]))
        _ = try first.resolve(rolledBack, .rollback)
        _ = try first.resolve(committed, .commit)
        first.engine.close()
        let second = try SendingDesk(store: file.open(), seed: 2)
        #expect(try second.visible(in: "orders") == [[3]])
        #expect(try second.resolve(rolledBack, .commit).isRefused)
        #expect(try !second.resolve(committed, .commit).isRefused)
        #expect(try second.visible(in: "orders") == [[3]])
        _ = try second.resolve(undecided, .commit)
        #expect(try second.visible(in: "orders") == [[3], [1]])
        second.engine.close()
    }

    @Test func `shows operators nothing of what it says`() throws {
        let desk = try desk()
        let marker = "m4rk3r"
        let prepared = try desk.prepare(
            .sample("orders", Array(marker.utf8)).with {
                $0.tag = Text(marker)
                $0.keys = [Text(marker)]
                $0.properties = [Text(marker): Text(marker)]
            })
        #expect(!"\(try #require(try desk.half(prepared)))".contains(marker))
        #expect(!"\(try desk.engine.messages.topics(limit: 10))".contains(marker))
        for refusal in [
            try desk.ask(Recall(prepared.transaction, of: "orders")), try desk.resolve(prepared, .rollback),
            try desk.resolve(prepared, .commit),
        ] {
            #expect(!"\(refusal)".contains(marker))
        }
    }
}
