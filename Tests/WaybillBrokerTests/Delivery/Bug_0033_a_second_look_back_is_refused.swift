import Testing
import WaybillBroker
import WaybillCore

@Suite struct `Bug 0033: a second look-back` {
    @Test func `is made while messages are owed from before the first`() async throws {
        let broker = try ReopenedBroker().driver
        try await broker.begin()
        for number in 0..<4 { try await broker.send(number) }
        _ = try await broker.take("points", max: 3)
        _ = try await broker.lookBack("points", "orders", .oldest, false)
        let owed = try await broker.take("points")
        #expect(await broker.acknowledge(try #require(owed.first { $0.numbers == 3 }).receipt) == nil)
        _ = try await broker.lookBack("points", "orders", .oldest, false)
        let again = try await broker.take("points")
        #expect(again.numbers.sorted() == [0, 1, 2, 3])
        #expect(again.filter(\.isReplayed).numbers == [3])
    }
}

extension Delivery {
    fileprivate var numbers: Int? { Int(String(decoding: body, as: UTF8.self)) }
}
