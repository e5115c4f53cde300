import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

/// What every face promises about messages of one message group that a consumer is given together.
@Suite struct `A run of a message group` {
    private static let rules = GroupSettings(isFIFO: true, attemptsMax: 3, ladder: [.seconds(10)])

    private func begin(_ face: DeliveryFace, _ count: Int = 5) async throws -> (DeliveryDriver, [Delivery]) {
        let broker = try face.open()
        try await broker.begin("points", Self.rules)
        for number in 0..<count { try await broker.send(number, key: "k") }
        let run = try await broker.take("points")
        #expect(run.numbers == Array(0..<count))
        #expect(run.allSatisfy { $0.attempt == 1 })
        return (broker, run)
    }

    @Test(arguments: DeliveryFace.all.filter(\.canFail))
    func `is taken back behind the message that fails, and what was done stays done`(face: DeliveryFace) async throws {
        let (broker, run) = try await begin(face)
        #expect(await broker.acknowledge(run[0].receipt) == nil)
        #expect(await broker.acknowledge(run[2].receipt) == nil)
        #expect(await broker.fail(run[1].receipt, nil) == nil)
        for number in 3...4 { #expect(await broker.acknowledge(run[number].receipt)?.code == "stale_receipt") }
        broker.pass(Interval(milliseconds: 9_999))
        #expect(try await broker.take("points", client: "c2").isEmpty)
        broker.pass(Interval(milliseconds: 1))
        let again = try await broker.take("points", client: "c2")
        #expect(again.numbers == [1, 3, 4])
        #expect(again.map(\.attempt) == [2, 1, 1])
        #expect(try await broker.take("points", client: "c3").isEmpty)
        for delivery in again { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        #expect(try await broker.lags("points").map(\.messages) == [0])
    }

    @Test(arguments: DeliveryFace.all.filter(\.canFail))
    func `stays with its consumer up to a later message that fails`(face: DeliveryFace) async throws {
        let (broker, run) = try await begin(face)
        #expect(await broker.fail(run[2].receipt, Interval(milliseconds: 0)) == nil)
        #expect(try await broker.take("points", client: "c2").isEmpty)
        #expect(await broker.acknowledge(run[3].receipt)?.code == "stale_receipt")
        #expect(await broker.acknowledge(run[0].receipt) == nil)
        #expect(try await broker.take("points", client: "c2").isEmpty)
        #expect(await broker.acknowledge(run[1].receipt) == nil)
        let again = try await broker.take("points", client: "c2")
        #expect(again.numbers == [2, 3, 4])
        #expect(again.map(\.attempt) == [2, 1, 1])
    }

    @Test(arguments: DeliveryFace.all)
    func `ends at one time, and the first that is not done has used an attempt`(face: DeliveryFace) async throws {
        let (broker, run) = try await begin(face)
        #expect(await broker.acknowledge(run[0].receipt) == nil)
        for expected in [[2, 1, 1, 1], [3, 1, 1, 1]] {
            broker.pass(Interval(milliseconds: 29_999))
            #expect(try await broker.take("points", client: "c2").isEmpty)
            broker.pass(Interval(milliseconds: 1))
            let again = try await broker.take("points", client: "c2")
            #expect(again.numbers == [1, 2, 3, 4])
            #expect(again.map(\.attempt) == expected.map { Int64($0) })
        }
        #expect(await broker.acknowledge(run[1].receipt)?.code == "stale_receipt")
        // The first is dead, and lets the others go on.
        broker.pass(.seconds(30))
        let rest = try await broker.take("points", client: "c2")
        #expect(rest.numbers == [2, 3, 4])
        #expect(rest.map(\.attempt) == [1, 1, 1])
        #expect(try await broker.redrive("points") == 1)
    }

    @Test(arguments: DeliveryFace.all, [0, 2, 4])
    func `is kept as a whole when one of it is extended`(face: DeliveryFace, which: Int) async throws {
        let (broker, run) = try await begin(face)
        broker.pass(.seconds(29))
        #expect(await broker.extend(run[which].receipt, .minutes(10)) == nil)
        broker.pass(.minutes(9))
        #expect(try await broker.take("points", client: "c2").isEmpty)
        for delivery in run { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        #expect(try await broker.take("points", client: "c2").isEmpty)
    }

    @Test(arguments: DeliveryFace.all)
    func `goes on with its consumer when one of it is given up`(face: DeliveryFace) async throws {
        let (broker, run) = try await begin(face)
        try await broker.send(9, key: "k")
        #expect(await broker.deadLetter(run[0].receipt) == nil)
        #expect(await broker.deadLetter(run[2].receipt) == nil)
        #expect(try await broker.take("points", client: "c2").isEmpty)
        for number in [1, 3, 4] { #expect(await broker.acknowledge(run[number].receipt) == nil) }
        #expect(try await broker.take("points", client: "c2").numbers == [9])
    }

    @Test(arguments: DeliveryFace.all)
    func `goes to others a second after its client has left`(face: DeliveryFace) async throws {
        let (broker, run) = try await begin(face)
        #expect(await broker.acknowledge(run[0].receipt) == nil)
        #expect(await broker.leave("points", "c1") == nil)
        broker.pass(Interval(milliseconds: 999))
        #expect(try await broker.take("points", client: "c2").isEmpty)
        broker.pass(Interval(milliseconds: 1))
        let again = try await broker.take("points", client: "c2")
        #expect(again.numbers == [1, 2, 3, 4])
        #expect(again.map(\.attempt) == [2, 1, 1, 1])
    }

    @Test(arguments: DeliveryFace.all)
    func `is renewed as a whole while its client lives`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points", Self.rules)
        for number in 0..<3 { try await broker.send(number, key: "k") }
        let run = try await broker.take("points") { $0.renews = true }
        for _ in 0..<40 {
            broker.pass(.seconds(15))
            #expect(try await broker.take("points") { $0.renews = true }.isEmpty)
        }
        #expect(try await broker.take("points", client: "c2").isEmpty)
        for delivery in run { #expect(await broker.acknowledge(delivery.receipt) == nil) }
    }

    @Test(arguments: DeliveryFace.all)
    func `comes again to the attempt that took it`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points", Self.rules)
        for number in 0..<4 { try await broker.send(number, key: "k") }
        let lost = try await broker.take("points", max: 3) { $0.attempt = "a" }
        #expect(lost.numbers == [0, 1, 2])
        #expect(try await broker.take("points", max: 3) { $0.attempt = "a" } == lost)
        #expect(await broker.acknowledge(lost[0].receipt) == nil)
        #expect(try await broker.take("points", max: 3) { $0.attempt = "a" } == Array(lost[1...]))
        #expect(try await broker.take("points", max: 3) { $0.attempt = "b" }.isEmpty)
    }

    @Test(arguments: DeliveryFace.all)
    func `ends before a message that only other consumers want`(face: DeliveryFace) async throws {
        let broker = try face.open()
        try await broker.begin("points", Self.rules)
        let (red, blue) = (Subscription("orders", tags: "red"), Subscription("orders", tags: "blue"))
        #expect(try await broker.take("points", blue, client: "b").isEmpty)
        #expect(try await broker.take("points", red, client: "r").isEmpty)
        for number in 0..<5 { try await broker.send(number, tag: number == 2 ? "blue" : "red", key: "k") }
        let first = try await broker.take("points", red, client: "r")
        #expect(first.numbers == [0, 1])
        #expect(try await broker.take("points", blue, client: "b").isEmpty)
        for delivery in first { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        #expect(try await broker.take("points", red, client: "r").isEmpty)
        let other = try await broker.take("points", blue, client: "b")
        #expect(other.numbers == [2])
        #expect(await broker.acknowledge(other[0].receipt) == nil)
        #expect(try await broker.take("points", red, client: "r").numbers == [3, 4])
    }

    @Test func `needs one write to be taken, one to be acknowledged, and no row for each message`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin("points", Self.rules)
        #expect(try await broker.take("points").isEmpty)
        for number in 0..<64 { try await broker.send(number, key: "hot") }
        func rows() throws -> (owed: Int, held: Int) {
            try shop.engine.store.read { rows in
                (
                    try rows.countRedeliveries(of: GroupNumber(1), in: StoredQueueNumber(1)),
                    try rows.leases(of: GroupNumber(1), limit: 99).count
                )
            }
        }
        for _ in 0..<2 {
            let writes = shop.engine.writeCount
            let run = try await broker.take("points")
            #expect(run.count == 32)
            #expect(try rows() == (0, 1))
            let answers = try await shop.ask(AcknowledgeMany(run.map(\.receipt), by: "points")).get()
            #expect(answers.allSatisfy { $0 == nil })
            #expect(try rows() == (0, 0))
            #expect(shop.engine.writeCount - writes == 2)
        }
    }

    @Test func `that was given back was never delivered`() async throws {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points", Self.rules)
        for number in 0..<4 { try await shop.driver.send(number, key: "k") }
        let run = try await shop.driver.take("points")
        for delivery in run.reversed() { #expect(await shop.ask(GiveBack(delivery.receipt)).refusal == nil) }
        let again = try await shop.driver.take("points", client: "c2")
        #expect(again.numbers == [0, 1, 2, 3])
        #expect(again.map(\.attempt) == [1, 1, 1, 1])
        for delivery in run { #expect(await shop.driver.acknowledge(delivery.receipt)?.code == "stale_receipt") }
        for delivery in again { #expect(await shop.driver.acknowledge(delivery.receipt) == nil) }
    }
}
