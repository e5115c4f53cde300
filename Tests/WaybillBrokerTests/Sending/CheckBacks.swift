import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `A check-back` {
    private func desk(_ change: (inout BrokerSettings) -> Void = { _ in }) throws -> SendingDesk {
        let desk = try SendingDesk(change)
        try desk.make("orders")
        return desk
    }

    @Test func `shows its own producer the whole message, and is answered`() throws {
        let desk = try desk()
        let producer = try ProducerAtDesk(desk)
        let stranger = try ProducerAtDesk(desk, "somebody")
        let message = NewMessage.sample("orders", [7]).with {
            $0.tag = "t"
            $0.keys = ["a", "b"]
            $0.properties = ["p": "q"]
            $0.id = "id-1"
        }
        let prepared = try desk.prepare(message)
        #expect(try producer.questions() == [])
        desk.pass(.seconds(6))
        #expect(try stranger.questions() == [])
        let question = try #require(try producer.questions().first)
        #expect(question.message == message)
        #expect(question.transaction == prepared.transaction)
        #expect(question.count == 1)
        #expect(!question.isLast)
        #expect(try producer.questions() == [])
        #expect(try !desk.ask(Resolve(question.transaction, of: "orders", .commit)).isRefused)
        #expect(try desk.visible(in: "orders") == [[7]])
    }

    /// RocketMQ began at the transaction's timeout, or not before half a minute.
    @Test func `comes at the time that its message asks for`() throws {
        let desk = try desk()
        let producer = try ProducerAtDesk(desk)
        _ = try desk.prepare(.sample(), firstCheck: .seconds(1))
        desk.pass(Interval(milliseconds: 999))
        #expect(try producer.questions() == [])
        desk.pass(Interval(milliseconds: 1))
        #expect(try producer.questions().count == 1)
    }

    @Test func `comes fifteen times, ever later, and then the message is parked and shown`() throws {
        let desk = try desk()
        let producer = try ProducerAtDesk(desk)
        let prepared = try desk.prepare(.sample())
        var times: [Moment] = []
        var lasts: [Bool] = []
        try desk.pass(.hours(4), by: .seconds(1)) {
            for question in try producer.questions() {
                times.append(desk.now)
                lasts.append(question.isLast)
                #expect(question.count == Int64(times.count))
            }
        }
        #expect(times.count == 15)
        #expect(lasts == Array(repeating: false, count: 14) + [true])
        let gaps = zip(times.dropFirst(), times).map { $0.since($1) }
        #expect(gaps.allSatisfy { $0 >= .seconds(30) })
        #expect(gaps[0] < .seconds(40))
        #expect(gaps.suffix(5).allSatisfy { $0 >= .minutes(10) })
        let parked = try #require(try desk.half(prepared))
        #expect(parked.isParked)
        #expect(parked.checks == 15)
        #expect(try desk.timeouts(.checkBack) == [])
        #expect(try !desk.resolve(prepared, .commit).isRefused)
        #expect(try desk.visible(in: "orders") == [[1]])
    }

    /// RocketMQ counted while a message was immune or its producer away, and dropped it after fifteen times nothing.
    @Test func `is not counted while nobody is there to be asked`() throws {
        let desk = try desk()
        let prepared = try desk.prepare(.sample())
        desk.pass(.days(30))
        let waiting = try #require(try desk.half(prepared))
        #expect(waiting.checks == 0)
        #expect(!waiting.isParked)
        let producer = try ProducerAtDesk(desk)
        #expect(try producer.questions().map(\.count) == [1])
        #expect(try desk.half(prepared)?.checks == 1)
    }

    @Test func `is not counted when it was never taken`() throws {
        let desk = try desk()
        let producer = try ProducerAtDesk(desk)
        let prepared = try desk.prepare(.sample())
        desk.pass(.days(1))
        #expect(try desk.half(prepared)?.checks == 0)
        producer.leave()
        desk.pass(.days(1))
        #expect(try desk.half(prepared)?.isParked == false)
    }

    @Test func `does not come for what is decided, also after the file was opened again`() throws {
        let file = try TemporaryBrokerFile()
        let first = try SendingDesk(store: file.open())
        try first.make("orders")
        _ = try first.resolve(try first.prepare(.sample("orders", [1])), .commit)
        _ = try first.resolve(try first.prepare(.sample("orders", [2])), .rollback)
        _ = try first.prepare(.sample("orders", [3]))
        first.engine.close()
        let second = try SendingDesk(store: file.open(), seed: 2)
        let producer = try ProducerAtDesk(second)
        var bodies: [[UInt8]] = []
        try second.pass(.hours(3), by: .seconds(5)) { bodies += try producer.questions().map(\.message.body) }
        #expect(Set(bodies) == [[3]])
        #expect(try second.visible(in: "orders") == [[1]])
        second.engine.close()
    }

    @Test func `that waits when its message is decided is not sent`() throws {
        let desk = try desk()
        let producer = try ProducerAtDesk(desk)
        let prepared = try desk.prepare(.sample())
        desk.pass(.seconds(6))
        _ = try desk.resolve(prepared, .commit)
        #expect(try producer.questions() == [])
    }

    @Test func `whose answer is lost comes again`() throws {
        let desk = try desk()
        let producer = try ProducerAtDesk(desk)
        _ = try desk.prepare(.sample())
        desk.pass(.seconds(6))
        #expect(try producer.questions().count == 1)
        desk.pass(.minutes(1))
        #expect(try producer.questions().map(\.count) == [2])
    }

    @Test func `goes to another of the producer's clients when one leaves before taking it`() throws {
        let desk = try desk()
        let first = try ProducerAtDesk(desk)
        _ = try desk.prepare(.sample())
        desk.pass(.seconds(6))
        first.leave()
        let second = try ProducerAtDesk(desk)
        #expect(try second.questions().count == 1)
        #expect(try first.questions() == [])
    }

    @Test func `that a client took and has not seen goes to another, and does not count`() throws {
        let desk = try desk()
        let gone = try ProducerAtDesk(desk)
        let prepared = try desk.prepare(.sample())
        desk.pass(.seconds(6))
        let lost = try gone.questions()
        #expect(try lost.map(\.count) == [1] && desk.half(prepared)?.checks == 1)
        let wakes = WakeCounter()
        let other = try desk.engine.connectProducer("payments") { wakes.add() }
        #expect(try desk.engine.takeCheckBacks(other, limit: 9) == [])
        #expect(throws: Never.self) { try desk.ask(UncountSent(lost)).get() }
        #expect(try wakes.value == 1 && desk.half(prepared)?.checks == 0)
        #expect(try desk.engine.takeCheckBacks(other, limit: 9).map(\.count) == [1])
        // A second time it is none that was sent last by that client.
        #expect(throws: Never.self) { try desk.ask(UncountSent(lost + lost)).get() }
        #expect(try desk.half(prepared)?.checks == 0)
    }

    @Test func `that was taken for a client that has gone is asked when one comes`() throws {
        let desk = try desk()
        let gone = try ProducerAtDesk(desk)
        let prepared = try desk.prepare(.sample())
        desk.pass(.seconds(6))
        let lost = try gone.questions()
        gone.leave()
        #expect(throws: Never.self) { try desk.ask(UncountSent(lost)).get() }
        let next = try ProducerAtDesk(desk)
        #expect(try next.questions().map(\.count) == [1])
        // Decided meanwhile, or asked again, nothing is taken back.
        desk.pass(.minutes(1))
        let second = try next.questions()
        #expect(second.map(\.count) == [2])
        #expect(throws: Never.self) { try desk.ask(UncountSent(lost)).get() }
        #expect(try desk.half(prepared)?.checks == 2)
        _ = try desk.resolve(prepared, .commit)
        #expect(throws: Never.self) { try desk.ask(UncountSent(second)).get() }
        #expect(try next.questions() == [])
    }

    @Test func `goes to one of a producer's clients, and wakes them`() throws {
        let desk = try desk()
        let wakes = WakeCounter()
        let one = try desk.engine.connectProducer("payments") { wakes.add() }
        let other = try desk.engine.connectProducer("payments") { wakes.add() }
        _ = try desk.prepare(.sample())
        #expect(wakes.value == 0)
        desk.pass(.seconds(6))
        #expect(wakes.value == 2)
        #expect(try desk.engine.takeCheckBacks(one, limit: 9).count == 1)
        #expect(try desk.engine.takeCheckBacks(other, limit: 9).count == 0)
    }

    @Test func `is on its way for no more messages at a time than a producer may have, and for all in the end`() throws
    {
        let desk = try desk {
            $0.checksInFlightMax = 10
            $0.checksInFlightInAllMax = 15
        }
        let busy = try ProducerAtDesk(desk)
        let other = try ProducerAtDesk(desk, "other")
        for _ in 0..<100 { _ = try desk.prepare(.sample()) }
        for _ in 0..<10 { _ = try desk.prepare(.sample(), producer: "other") }
        desk.pass(.seconds(6))
        #expect(try busy.questions(1_000).count == 10)
        #expect(try other.questions(1_000).count <= 10)
        #expect(desk.engine.checksInFlight <= 15)
        var asked: Set<MessageID> = []
        try desk.pass(.hours(2), by: .seconds(5)) {
            for producer in [busy, other] {
                for question in try producer.questions() {
                    asked.insert(question.id)
                    _ = try desk.ask(Resolve(question.transaction, of: "orders", .rollback))
                }
            }
        }
        // The ten that were taken first and never answered are asked about again too.
        #expect(asked.count == 110)
        #expect(try desk.engine.messages.halfMessages(after: nil, limit: 1_000).views.isEmpty)
    }

    /// A producer that answers at once has room in flight again at once: that alone would bound nothing.
    @Test func `goes to a producer no more often than so many times a second, and in the end for every message`() throws
    {
        let desk = try desk {
            $0.checksBurst = 5
            $0.checksPerSecond = 2
        }
        let producer = try ProducerAtDesk(desk)
        let other = try ProducerAtDesk(desk, "other")
        for _ in 0..<40 { _ = try desk.prepare(.sample(), firstCheck: .seconds(1)) }
        _ = try desk.prepare(.sample(), producer: "other", firstCheck: .seconds(1))
        desk.pass(.seconds(1))
        var asked: Set<MessageID> = []
        func answerAll() throws -> Int {
            let questions = try producer.questions()
            asked.formUnion(questions.map(\.id))
            for question in questions { _ = try desk.ask(Resolve(question.transaction, of: "orders", .rollback)) }
            return questions.count
        }
        #expect(try answerAll() == 5)
        #expect(try answerAll() == 0)
        // Nobody is asked less because somebody else is asked much.
        #expect(try other.questions().count == 1)
        var count = 5
        for second in 1...3_600 where asked.count < 40 {
            desk.pass(.seconds(1))
            count += try answerAll()
            #expect(count <= 5 + 2 * second)
        }
        #expect(asked.count == 40)
    }

    @Test func `begins anew when an operator resumes a parked message`() throws {
        let desk = try desk { $0.checkBacks.checksMax = 1 }
        let producer = try ProducerAtDesk(desk)
        let prepared = try desk.prepare(.sample())
        #expect(try desk.ask(Resume(prepared.transaction, of: "orders")).refusal == .notParked)
        desk.pass(.seconds(6))
        #expect(try producer.questions().map(\.isLast) == [true])
        desk.pass(.minutes(10))
        #expect(try desk.half(prepared)?.isParked == true)
        #expect(try producer.questions() == [])
        #expect(try !desk.ask(Resume(prepared.transaction, of: "orders")).isRefused)
        #expect(try producer.questions().map(\.count) == [1])
        _ = try desk.resolve(prepared, .rollback)
        #expect(try desk.ask(Resume(prepared.transaction, of: "orders")).refusal?.code == "decided_already")
    }
}
