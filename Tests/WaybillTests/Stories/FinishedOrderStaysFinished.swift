import Testing
import Waybill

@Suite struct `A finished order` {
    private let till = WorkflowText(
        """
        id: till
        version: 1
        commands: {open: {}, add: {}, close: {}}
        context: {coins: count}
        on:
          add: {actions: [{assign: {coins: + 1}}]}
        initial: opened
        states:
          opened: {on: {close: closed}}
          closed: {type: final}
        """)

    @Test func `takes no command, not even one that its root would handle`() async throws {
        let book = try OrderBook.inMemory(workflows: [till])
        try await book.submit(OrderCommand("open", of: "o-1", workflow: "till"))
        try await book.submit(OrderCommand("add", of: "o-1"))
        try await book.submit(OrderCommand("close", of: "o-1"))
        let order = try #require(try await book.order("o-1"))
        #expect(order.isFinished)
        #expect(order.possible == [])
        guard
            case .refused(.notPossible("add", "closed", ["closed"], _)) = await book.answer(
                to: OrderCommand("add", of: "o-1"))
        else {
            Issue.record("an order that has ended took a command")
            return
        }
        #expect(try await book.order("o-1") == order)
    }
}
