import Testing
import WaybillBroker
import WaybillCore

@Suite struct `Bug 0035: a question that waited for its producer` {
    @Test func `is followed by the next one no sooner than if it had not waited`() throws {
        let desk = try SendingDesk()
        try desk.make("orders")
        let producer = try ProducerAtDesk(desk)
        _ = try desk.prepare(.sample())
        // Due after 6 s, and taken half a minute later.
        desk.pass(.seconds(36))
        #expect(try producer.questions().map(\.count) == [1])
        desk.pass(Interval(milliseconds: 29_999))
        #expect(try producer.questions() == [])
        desk.pass(.seconds(10))
        #expect(try producer.questions().map(\.count) == [2])
    }
}
