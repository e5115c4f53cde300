import Testing
import WaybillBroker
import WaybillCore

@Suite struct `Bug 0040: what a consumer leaves for another filter of its group` {
    private static let blue = Subscription("orders", tags: "blue")
    private static let red = Subscription("orders", tags: "red")

    private func leftBehind(_ settings: GroupSettings, _ ending: Ending, answers: Bool) async throws -> [Delivery] {
        let broker = try ReopenedBroker().driver
        try await broker.begin("points", settings)
        _ = try await broker.take("points", Self.blue, client: "b")
        _ = try await broker.take("points", Self.red, client: "r")
        for number in 0..<4 { try await broker.send(number, tag: number == 3 ? "blue" : "red") }
        let taken = try await broker.take("points", Self.blue, client: "b")
        #expect(taken.numbers == [3])
        if answers { #expect(await broker.acknowledge(taken[0].receipt) == nil) }
        try ending.end(broker)
        return try await broker.take("points", Self.red, client: "r")
    }

    /// An orderly end counted it as handed out; with one attempt it was dead, and nobody had ever got it.
    @Test(arguments: [Int64(1), 3], [false, true])
    func `has used no attempt after an orderly end`(attemptsMax: Int64, answers: Bool) async throws {
        let rest = try await leftBehind(GroupSettings(attemptsMax: attemptsMax), .restart, answers: answers)
        #expect(rest.numbers == [0, 1, 2])
        #expect(rest.map(\.attempt) == [1, 1, 1])
    }

    @Test(arguments: [false, true])
    func `is not dead after a crash where one attempt is all`(answers: Bool) async throws {
        let rest = try await leftBehind(GroupSettings(attemptsMax: 1), .crash, answers: answers)
        #expect(rest.numbers == [0, 1, 2])
    }

    @Test func `stays for its consumers where message groups come in order`() async throws {
        for ending in Ending.allCases {
            let rest = try await leftBehind(GroupSettings(isFIFO: true), ending, answers: true)
            #expect(rest.numbers == [0, 1, 2])
            #expect(rest.map(\.attempt) == [1, 1, 1])
        }
    }
}
