import Testing
import Waybill
import WaybillCore
import WaybillEngine

/// SQL tools, terminals and C libraries end a text at U+0000.
@Suite struct `Bug 0166: U+0000 in a text that comes in` {
    private let zero: Text = "a\u{0}b"

    private func isRefused(_ command: OrderCommand, _ part: String, _ book: OrderBook) async -> Bool {
        guard case .refused(.badData(_, let path, let problem)) = await book.answer(to: command) else { return false }
        return path == part && problem.contains("U+0000")
    }

    @Test func `is refused in every part of a command`() async throws {
        let book = try await mugBook()
        var command = place("o-1")
        command.order = OrderID(zero)
        #expect(await isRefused(command, "order", book))
        #expect(await isRefused(place("o-1", key: zero), "key", book))
        command = place("o-1")
        command.caller = zero.string
        #expect(await isRefused(command, "caller", book))
        command = place("o-1")
        command.lane = zero.string
        #expect(await isRefused(command, "lane", book))
        command = place("o-1")
        command.role = zero.string
        #expect(await isRefused(command, "role", book))
        command = place("o-1")
        command.trace = zero.string
        #expect(await isRefused(command, "trace", book))
        let data: JSON = ["buyer": .text("a\u{0}b"), "qty": 1, "price_cents": 1]
        #expect(await isRefused(OrderCommand("place", of: "o-1", data: data, workflow: "mug-shop"), "data", book))
        // A backslash and the digits are no zero character.
        let harmless: JSON = ["buyer": #"a\u0000b"#, "qty": 1, "price_cents": 1]
        try await book.submit(OrderCommand("place", of: "o-1", data: harmless, workflow: "mug-shop"))
        #expect(try await book.orders().elements.count == 1)
    }

    @Test func `is refused in stock, timeouts, messages, groups, topics and lanes`() async throws {
        let book = try await mugBook()
        try await book.submit(place("o-1"))
        for command in [
            StockCommand(.receive(1), of: StockKey(sku: SKU(zero))),
            StockCommand(.receive(1), of: StockKey(sku: "mug", location: Location(zero))),
            StockCommand(.receive(1), of: mug, key: zero),
        ] {
            guard case .failure(.stockConflict(_, _, let problem)) = await book.answer(to: command) else {
                Issue.record("\(command) was taken")
                continue
            }
            #expect(problem.contains("U+0000"))
        }
        #expect(await Answer { try await book.extendTimeout("30m", of: OrderID(zero), by: .hours(1)) }.isRefused)
        let messages = book.messages
        await #expect(throws: MessageRefusal.self) { try await messages.createTopic(TopicName(zero)) }
        await #expect(throws: MessageRefusal.self) { try await messages.createGroup(GroupName(zero)) }
        try await messages.createGroup("readers")
        var message = NewMessage(to: "orders", body: [1])
        message.keys = [zero]
        await #expect(throws: MessageRefusal.self) { try await messages.send(message) }
        message = NewMessage(to: "orders", body: [1])
        message.properties = ["name": zero]
        await #expect(throws: MessageRefusal.self) { try await messages.send(message) }
        message = NewMessage(to: "orders", body: [1])
        message.lane = zero
        await #expect(throws: MessageRefusal.self) { try await messages.send(message) }
        for tags in [zero, "\u{0}"] as [Text] {
            await #expect(throws: MessageRefusal.self) {
                try await messages.receive("readers", Subscription("orders", tags: tags))
            }
        }
        await #expect(throws: MessageRefusal.self) {
            try await messages.receive("readers", Subscription("orders"), Messages.ReceiveOptions(client: zero))
        }
        await #expect(throws: MessageRefusal.self) {
            try await messages.receive("readers", Subscription("orders"), Messages.ReceiveOptions(lane: zero))
        }
        await #expect(throws: MessageRefusal.self) { try await messages.closeLane(zero, .promoted) }
        #expect(try await messages.receive("readers", Subscription("orders")).count == 1)
    }
}

extension Answer {
    fileprivate var isRefused: Bool {
        guard case .refused = self else { return false }
        return true
    }
}
