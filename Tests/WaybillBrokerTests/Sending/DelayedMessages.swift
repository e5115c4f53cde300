import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `A delayed message` {
    private func desk() throws -> SendingDesk {
        let desk = try SendingDesk()
        try desk.make("orders")
        return desk
    }

    private func delayed(_ desk: SendingDesk, by interval: Interval, _ body: [UInt8] = [1]) throws -> SentMessage {
        try desk.send(NewMessage.sample("orders", body).with { $0.deliverAt = desk.now.advanced(by: interval) })
    }

    @Test(arguments: [1, 999, 1_000, 86_400_000, 31_536_000_000] as [Int64])
    func `becomes visible at its millisecond and not before`(milliseconds: Int64) throws {
        let desk = try desk()
        let sent = try delayed(desk, by: Interval(milliseconds: milliseconds))
        #expect(sent.recallHandle != nil)
        desk.pass(Interval(milliseconds: milliseconds - 1))
        #expect(try desk.visible(in: "orders") == [])
        desk.pass(Interval(milliseconds: 1))
        #expect(try desk.visible(in: "orders") == [[1]])
        #expect(try desk.stored(in: "orders").first?.visibleAt == desk.now)
        #expect(try desk.timeouts(.delayedMessage) == [])
    }

    @Test(arguments: [0, -1, .min] as [Int64])
    func `whose time is past is visible at once, and cannot be recalled`(milliseconds: Int64) throws {
        let desk = try desk()
        let sent = try delayed(desk, by: Interval(milliseconds: milliseconds))
        #expect(sent.recallHandle == nil)
        #expect(try desk.visible(in: "orders") == [[1]])
    }

    @Test func `of the end of time waits until then`() throws {
        let desk = try desk()
        let sent = try desk.send(.sample().with { $0.deliverAt = Moment(milliseconds: .max) })
        desk.pass(.days(100_000))
        #expect(try desk.visible(in: "orders") == [])
        #expect(sent.recallHandle != nil)
    }

    @Test func `comes among many in the order of their times, and of sending at the same time`() throws {
        let desk = try desk()
        for body: UInt8 in 0..<200 {
            _ = try delayed(desk, by: .seconds(Int64(body % 5) + 1), [body])
        }
        desk.pass(.seconds(5))
        let expected = (0..<200 as Range<UInt8>).sorted { ($0 % 5, $0) < ($1 % 5, $1) }.map { [$0] }
        #expect(try desk.visible(in: "orders") == expected)
    }

    @Test func `is recalled for ever, and twice alike`() throws {
        let desk = try desk()
        let sent = try delayed(desk, by: .hours(1))
        let handle = try #require(sent.recallHandle)
        desk.pass(Interval(milliseconds: 3_599_999))
        for _ in 1...2 {
            guard case .success(let id) = try desk.ask(Recall(handle, of: "orders")) else {
                Issue.record("it was not recalled")
                return
            }
            #expect(id == sent.id)
        }
        desk.pass(.days(400))
        #expect(try desk.visible(in: "orders") == [])
        #expect(try desk.timeouts(.delayedMessage) == [])
    }

    @Test func `that was delivered says when, for a day`() throws {
        let desk = try desk()
        let handle = try #require(try delayed(desk, by: .hours(1)).recallHandle)
        desk.pass(.hours(1))
        let fired = desk.now
        for _ in 1...2 {
            #expect(try desk.ask(Recall(handle, of: "orders")).refusal == .alreadyVisible(at: fired))
            #expect(
                try desk.ask(Reschedule(handle, of: "orders", to: desk.now)).refusal == .alreadyVisible(at: fired))
            desk.pass(.hours(24))
        }
        desk.pass(Interval(milliseconds: 1))
        guard case .unknownMessage = try desk.ask(Recall(handle, of: "orders")).refusal else {
            Issue.record("it is known after a day")
            return
        }
        #expect(try desk.visible(in: "orders") == [[1]])
    }

    @Test func `takes another time, earlier or later, and keeps its handle`() throws {
        let desk = try desk()
        let handle = try #require(try delayed(desk, by: .hours(1)).recallHandle)
        let later = desk.now.advanced(by: .hours(5))
        guard try desk.ask(Reschedule(handle, of: "orders", to: later)).get().due == later else {
            Issue.record("it kept its time")
            return
        }
        desk.pass(.hours(4))
        #expect(try desk.visible(in: "orders") == [])
        let sooner = desk.now.advanced(by: .minutes(1))
        _ = try desk.ask(Reschedule(handle, of: "orders", to: sooner))
        desk.pass(Interval(milliseconds: 59_999))
        #expect(try desk.visible(in: "orders") == [])
        desk.pass(Interval(milliseconds: 1))
        #expect(try desk.visible(in: "orders") == [[1]])
        desk.pass(.hours(5))
        #expect(try desk.visible(in: "orders") == [[1]])
    }

    @Test func `moved into the past comes now`() throws {
        let desk = try desk()
        let handle = try #require(try delayed(desk, by: .hours(1)).recallHandle)
        _ = try desk.ask(Reschedule(handle, of: "orders", to: Moment(milliseconds: .min)))
        #expect(try desk.visible(in: "orders") == [[1]])
    }

    @Test func `recalled and moved in one write is what came first`() throws {
        let desk = try desk()
        let handle = try #require(try delayed(desk, by: .hours(1)).recallHandle)
        let areRefused = desk.engine.areRefused([
            Recall(handle, of: "orders"), Reschedule(handle, of: "orders", to: desk.now),
            Recall(handle, of: "orders"),
        ])
        #expect(areRefused == [false, true, false])
        desk.pass(.days(1))
        #expect(try desk.visible(in: "orders") == [])
    }

    @Test func `has a handle that is good for its topic and nothing else`() throws {
        let desk = try desk()
        try desk.make("other")
        let handle = try #require(try delayed(desk, by: .hours(1)).recallHandle)
        let half = try desk.prepare(.sample())
        var forged = handle.string
        forged.replaceSubrange(forged.startIndex...forged.startIndex, with: forged.hasPrefix("5") ? "4" : "5")
        for (text, topic) in [
            (handle, "other"), (Text(forged), "orders"), (half.transaction, "orders"), ("", "orders"), ("é", "orders"),
            (Text(String(repeating: "0", count: 100_000)), "orders"),
        ] as [(Text, TopicName)] {
            #expect(try desk.ask(Recall(text, of: topic)).isRefused)
            #expect(try desk.ask(Reschedule(text, of: topic, to: desk.now)).isRefused)
        }
        #expect(try desk.ask(Recall(handle, of: "unknown")).refusal == .unknownTopic("unknown"))
        desk.pass(.hours(1))
        #expect(try desk.visible(in: "orders") == [[1]])
    }

    @Test func `of a topic that was deleted and made again reaches neither`() throws {
        let desk = try desk()
        let handle = try #require(try delayed(desk, by: .hours(1)).recallHandle)
        try desk.deleteAsEarlierReleasesDid("orders")
        try desk.make("orders")
        #expect(try desk.ask(Recall(handle, of: "orders")).isRefused)
        desk.pass(.hours(2))
        #expect(try desk.visible(in: "orders") == [])
        #expect(try desk.pending().allSatisfy { $0.state == .recalled && $0.message.body == nil })
    }

    @Test func `fires once after the file was closed and opened again, and its handle still works`() throws {
        let file = try TemporaryBrokerFile()
        let first = try SendingDesk(store: file.open())
        try first.make("orders")
        _ = try first.send(.sample().with { $0.deliverAt = first.now.advanced(by: .hours(1)) })
        let handle = try #require(
            try first.send(.sample("orders", [2]).with { $0.deliverAt = first.now.advanced(by: .hours(1)) })
                .recallHandle)
        first.engine.close()
        let second = try SendingDesk(store: file.open(), seed: 2)
        #expect(try !second.ask(Recall(handle, of: "orders")).isRefused)
        second.pass(.hours(1))
        #expect(try second.visible(in: "orders") == [[1]])
        second.pass(.hours(1))
        #expect(try second.visible(in: "orders") == [[1]])
        second.engine.close()
    }
}
