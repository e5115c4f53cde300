import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine

@Suite struct `Bug 0205: a message comes between two pages of a list by time` {
    private func send(_ desk: SendingDesk, _ body: UInt8, _ priority: Int) throws {
        _ = try desk.send(.sample("orders", [body]).with { $0.priority = priority })
    }

    /// The bodies of one page, and where the next begins.
    private func page(
        _ desk: SendingDesk, after last: MessageListPlace? = nil, limit: Int = 2
    ) throws -> (bodies: [UInt8], next: MessageListPlace?) {
        let page = try #require(
            try desk.engine.messages.page(
                in: "orders", from: SendingDesk.opening, after: last, limit: limit, bytesMax: .max))
        return (page.messages.flatMap(\.body), page.next)
    }

    /// It had the time of the last that was shown, and lay in a queue of a lower number: the next page began behind it.
    @Test func `of the same millisecond in a lower queue it is on the next page`() throws {
        let desk = try SendingDesk()
        try desk.make("orders")
        for (body, priority) in [(1, 0), (2, 1), (3, 2)] as [(UInt8, Int)] { try send(desk, body, priority) }
        let first = try page(desk)
        #expect(first.bodies == [1, 2])
        try send(desk, 4, 0)
        try send(desk, 5, 1)
        let second = try page(desk, after: first.next)
        #expect(second.bodies == [4, 5])
        try send(desk, 6, 0)
        desk.pass(.seconds(1))
        try send(desk, 7, 0)
        let third = try page(desk, after: second.next, limit: 9)
        #expect(third.bodies == [6, 3, 7])
        #expect(third.next == nil)
    }

    @Test func `in a queue that is new it is on the next page too`() throws {
        let desk = try SendingDesk()
        try desk.make("orders")
        for body in 1...3 as ClosedRange<UInt8> { try send(desk, body, 0) }
        let first = try page(desk)
        try send(desk, 4, 5)
        #expect(try page(desk, after: first.next, limit: 9).bodies == [3, 4])
    }

    @Test(arguments: [1, 2, 3]) func `each comes once, page by page`(limit: Int) throws {
        let desk = try SendingDesk()
        try desk.make("orders")
        var next: MessageListPlace?
        var bodies: [UInt8] = []
        for body in 0..<60 as Range<UInt8> {
            try send(desk, body, Int(body) % 4)
            if body % 5 == 0 { desk.pass(Interval(milliseconds: 1)) }
            guard body > 20, body.isMultiple(of: 3) else { continue }
            let some = try page(desk, after: next, limit: limit)
            bodies += some.bodies
            next = some.next ?? next
        }
        let rest = try page(desk, after: next, limit: 100)
        #expect((bodies + rest.bodies).sorted() == Array(0..<60))
    }
}
