import Testing
import Waybill
import WaybillCore

/// Consumers outside the process give back texts, many at a time, and speak for one group.
@Suite struct `Answers by receipts` {
    private let all = Subscription("normal")

    private func shop(_ groups: GroupName...) async throws -> (OrderBook, Messages) {
        let book = try await bookWithTopics()
        for group in groups {
            try await book.messages.createGroup(group)
            try await book.messages.subscribe(group, all)
        }
        for text in ["a", "b", "c"] {
            try await book.messages.send(NewMessage(to: "normal", body: Array(text.utf8)))
        }
        return (book, book.messages)
    }

    @Test func `that went out as text are each answered, in their order`() async throws {
        let (_, messages) = try await shop("readers")
        let texts = try await messages.receive("readers", all).map(\.receipt.text.string)
        var receipts = texts.map { DeliveryReceipt($0) }
        receipts.insert("invented", at: 1)
        let answers = await messages.acknowledge(receipts, by: "readers")
        #expect(answers.map { $0.refusal?.code } == [nil, "stale_receipt", nil, nil])
        #expect(try await messages.lag(of: "readers").map(\.messages) == [0])
        #expect(await messages.acknowledge([receipts[0]], by: "readers").map { $0.refusal?.code } == ["stale_receipt"])
    }

    @Test func `of another group are refused, and the delivery goes on`() async throws {
        let (_, messages) = try await shop("readers", "others")
        let receipts = try await messages.receive("readers", all).map(\.receipt)
        for answers in [
            await messages.acknowledge(receipts, by: "others"), await messages.fail(receipts, by: "others"),
            await messages.extend(receipts, by: "others", to: .minutes(1)),
            await messages.deadLetter(receipts, by: "others"),
        ] {
            #expect(answers.map { $0.refusal?.code } == Array(repeating: "not_for_this_group", count: 3))
        }
        #expect(await messages.acknowledge(receipts, by: "readers") == [.done, .done, .done])
    }

    @Test func `fail, extend and give up`() async throws {
        let (book, messages) = try await shop("readers")
        let receipts = try await messages.receive("readers", all).map(\.receipt)
        #expect(await messages.fail([receipts[0]], by: "readers", retryAfter: .seconds(1)) == [.done])
        #expect(await messages.extend([receipts[1]], by: "readers", to: .minutes(5)) == [.done])
        #expect(await messages.deadLetter([receipts[2]], by: "readers", because: "bad") == [.done])
        book.advance(by: .minutes(2))
        let again = try await messages.receive("readers", all)
        #expect(again.map(\.body) == [Array("a".utf8)])
        #expect(try await messages.deadLetters(of: "readers").map(\.reason) == ["bad"])
    }

    @Test func `are bounded`() async throws {
        let (_, messages) = try await shop("readers")
        let answers = await messages.acknowledge(Array(repeating: "invented", count: 1_001), by: "readers")
        #expect(answers.count == 1_001 && answers.allSatisfy { $0.refusal?.code == "limit" })
    }

    @Test func `share commits in the real world`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop])
        let messages = book.messages
        try await messages.createTopic("normal")
        try await messages.createGroup("readers")
        for half in [0..<30, 30..<60] {
            try await messages.send(half.map { NewMessage(to: "normal", body: [UInt8($0)]) })
        }
        var receipts: [DeliveryReceipt] = []
        while receipts.count < 60 {
            receipts += try await messages.receive("readers", all, Messages.ReceiveOptions(max: 60)).map(\.receipt)
        }
        #expect(await messages.acknowledge(receipts, by: "readers") == Array(repeating: .done, count: 60))
        #expect(try await messages.lag(of: "readers").map(\.messages) == [0])
        await book.close()
    }
}

@Suite struct `A page token` {
    @Test func `comes back as text, and is refused by a list of another filter`() async throws {
        let book = try OrderBook.inMemory(workflows: [mugShop], world: .virtual(VirtualClock(start: noon)))
        try await book.submit(StockCommand(.receive(9), of: mug))
        for number in 1...5 { try await book.submit(place(OrderID("o-\(number)"))) }
        let filter = OrderFilter(status: "awaiting payment")
        let first = try await book.orders(filter, limit: 2)
        let text = try #require(first.next?.text)
        let token = try #require(PageToken(text: text))
        #expect(token == first.next)
        #expect(try await book.orders(filter, after: token, limit: 2).elements.map(\.id) == ["o-3", "o-4"])
        let others = [
            await #expect(throws: ListFailure.self) { try await book.orders(after: token) },
            await #expect(throws: ListFailure.self) { try await book.orders(filter, asOf: .time(noon), after: token) },
        ]
        for failure in others {
            guard case .refused(.badCursor)? = failure else { Issue.record("\(String(describing: failure))"); continue }
        }
        await #expect(throws: MessageRefusal.badCursor) { try await book.messages.halfMessages(after: token) }
    }

    @Test(arguments: ["", "p", "p-1", "p-1-2-3", "q-1-2", "p--1-2", "p-G-2", "p-1-", "p-01-2", "p-1-2 ", "7"])
    func `is read only as it was written`(text: String) {
        #expect(PageToken(text: text) == nil)
    }

    @Test func `is no position, and a position is read only as it was written`() {
        #expect(Position(text: "e42") == Position(42) && Position(42).text == "e42")
        for text in ["", "e", "42", "e0", "e-1", "e042", "E42", "e42 ", "e99999999999999999999", "p-1-2"] {
            #expect(Position(text: text) == nil, "\(text)")
        }
    }
}
