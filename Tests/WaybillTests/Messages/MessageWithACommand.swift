import EngineFixtures
import Testing
import Waybill
import WaybillCore

/// Promise P7, where the local transaction is an order of the same file.
@Suite struct `A half message for a command` {
    private let producer = "cashier"

    private func shop() async throws -> OrderBook {
        let book = try await mugBook()
        try await book.messages.createTopic("receipts", TopicSettings(type: .transaction))
        return book
    }

    private func message(for order: Text = "o-1") -> NewMessage {
        NewMessage(to: "receipts", body: Array("thanks".utf8), tag: "bought", keys: [order])
    }

    /// What a cashier does who dies before he decides: the message is prepared, and perhaps the command sent.
    private func prepared(_ book: OrderBook, sends: Bool) async throws -> PreparedMessage {
        await book.messages.answerFromJournal(of: producer)
        let prepared = try await book.messages.prepare(message(), producer: producer)
        if sends { try await book.submit(command(prepared.id)) }
        return prepared
    }

    private func command(_ id: MessageID) -> OrderCommand {
        var command = place("o-1")
        command.caller = producer
        command.key = id.text.string
        return command
    }

    @Test func `is visible when the command is accepted`() async throws {
        let book = try await shop()
        let answer = try await book.messages.send(message(), with: place("o-1"), producer: producer)
        #expect(answer.isAccepted)
        #expect(try book.messages(in: "receipts") == ["bought o-1"])
        #expect(try await book.messages.halfMessages().elements == [])
    }

    @Test func `is rolled back when the command is refused`() async throws {
        let book = try await shop()
        try await book.submit(place("o-1"))
        let answer = try await book.messages.send(message(), with: place("o-1"), producer: producer)
        #expect(answer.code == "order_exists")
        #expect(try await book.messages.halfMessages().elements == [])
        book.advance(by: .days(1))
        #expect(try book.messages(in: "receipts") == [])
    }

    @Test func `that nobody decided is committed by the journal's word`() async throws {
        let book = try await shop()
        _ = try await prepared(book, sends: true)
        #expect(try book.messages(in: "receipts") == [])
        book.advance(by: .seconds(6))
        #expect(try book.messages(in: "receipts") == ["bought o-1"])
        book.advance(by: .days(1))
        #expect(try book.messages(in: "receipts").count == 1)
    }

    @Test func `is committed after two days of standstill, when answers are forgotten`() async throws {
        let file = try ShopFile()
        let clock = VirtualClock(start: noon)
        let before = try file.open(clock)
        try await before.submit(StockCommand(.receive(9), of: mug))
        try await before.messages.createTopic("receipts", TopicSettings(type: .transaction))
        _ = try await prepared(before, sends: true)
        await before.close()
        let later = noon.advanced(by: .days(2))
        let after = try file.open(VirtualClock(start: later))
        await after.messages.answerFromJournal(of: producer)
        after.advance(to: later)
        #expect(try after.messages(in: "receipts") == ["bought o-1"])
        await after.close()
    }

    @Test func `without its command stays unknown until the last question, then a fence refuses the command`()
        async throws
    {
        let book = try await shop()
        let prepared = try await prepared(book, sends: false)
        book.advance(by: .minutes(30))
        let half = try #require(try await book.messages.halfMessages().elements.first)
        #expect(half.checks > 0 && !half.isParked, "absence is no answer yet")
        book.advance(by: .days(1))
        #expect(try await book.messages.halfMessages().elements == [], "rolled back, not parked")
        let late = await book.answer(to: command(prepared.id))
        #expect(late.code == "fenced")
        #expect(try await book.order("o-1") == nil)
        var other = command(prepared.id)
        other.order = "o-2"
        #expect(await book.answer(to: other).code == "fenced", "whatever it asks")
        #expect(try book.messages(in: "receipts") == [])
    }

    @Test func `whose command comes before the last question is committed`() async throws {
        let book = try await shop()
        let prepared = try await prepared(book, sends: false)
        book.advance(by: .minutes(30))
        try await book.submit(command(prepared.id))
        book.advance(by: .days(1))
        #expect(try book.messages(in: "receipts") == ["bought o-1"])
        #expect(try await book.order("o-1") != nil)
    }
}
