import Testing
import WaybillBroker
import WaybillCore

@Suite struct `Bug 0039: messages that are ready again` {
    /// Who looked while another consumer had them all in hand took that for the end of the list, and what the other
    /// did not take was looked for no more.
    @Test(arguments: 0..<30) func `are all handed out, though several consumers look at once`(round: Int) async throws {
        let broker = try ReopenedBroker().driver
        try await broker.begin("points", GroupSettings(ladder: [Interval(milliseconds: 1)]))
        for number in 0..<60 { try await broker.send(number) }
        for delivery in try await broker.take("points", max: 100) {
            #expect(await broker.fail(delivery.receipt, Interval(milliseconds: 0)) == nil)
        }
        let numbers = try await withThrowingTaskGroup { tasks in
            for client in 0..<12 {
                tasks.addTask {
                    var numbers: [Int] = []
                    for _ in 0..<5 {
                        let batch = try await broker.take("points", max: 4, client: Text("c\(client)"))
                        numbers += batch.numbers
                        for delivery in batch {
                            if let refusal = await broker.acknowledge(delivery.receipt) { throw refusal }
                        }
                    }
                    return numbers
                }
            }
            return try await tasks.reduce(into: [Int]()) { $0 += $1 }
        }
        // Whoever is late finds what is left.
        #expect((numbers + (try await broker.drain("points"))).sorted() == Array(0..<60))
    }
}
