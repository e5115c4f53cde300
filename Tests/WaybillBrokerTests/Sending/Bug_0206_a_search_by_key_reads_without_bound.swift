import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine

@Suite struct `Bug 0206: many large messages have the same key` {
    /// Twelve messages over days, some of them indexed, and three of an id.
    private func desk() throws -> SendingDesk {
        let desk = try SendingDesk()
        for topic in ["orders", "mail"] as [TopicName] {
            _ = try desk.ask(CreateTopic(topic, TopicSettings(type: .mixed, retention: .days(30)))).get()
        }
        for number in 0..<12 as Range<UInt8> {
            _ = try desk.send(
                .sample(number.isMultiple(of: 4) ? "mail" : "orders", [number]).with {
                    $0.keys = ["k", "other"]
                    $0.priority = Int(number) % 3
                    if number > 8 { $0.id = "same" }
                })
            if number == 7 { while try desk.engine.maintain() {} }
            desk.pass(number % 3 == 1 ? .hours(20) : Interval(milliseconds: 1))
        }
        return desk
    }

    private func pages(
        _ desk: SendingDesk, _ name: MessageName, in topic: TopicName? = nil, limit: Int = 100, bytesMax: Int = .max
    ) throws -> [[UInt8]] {
        var pages: [[UInt8]] = []
        var last: FoundPlace?
        repeat {
            let page = try desk.engine.messages.messages(
                named: name, in: topic, before: last, limit: limit, bytesMax: bytesMax)
            pages.append(page.messages.flatMap(\.body))
            last = page.next
        } while last != nil && pages.count < 99
        return pages
    }

    /// All bodies of a page were read, however many bytes they had.
    @Test func `a page ends with its bytes, and the next one goes on`() throws {
        let desk = try desk()
        let found = try pages(desk, .key("k"), bytesMax: 5).filter { !$0.isEmpty }
        #expect(found == [[7, 8, 9, 10, 11], [2, 3, 4, 5, 6], [0, 1]])
        #expect(try pages(desk, .id("same"), bytesMax: 2).filter { !$0.isEmpty } == [[10, 11], [9]])
        #expect(try desk.engine.messages.messages(key: "k").flatMap(\.body) == Array(0..<12))
        #expect(try desk.engine.messages.messages(key: "k", limit: 4).flatMap(\.body) == [8, 9, 10, 11])
    }

    @Test(arguments: [1, 2, 5, 11, 12]) func `each comes once, whatever the page`(limit: Int) throws {
        let desk = try desk()
        #expect(try pages(desk, .key("k"), limit: limit).reversed().flatMap(\.self) == Array(0..<12))
        let mail = try pages(desk, .key("k"), in: "mail", limit: limit).reversed().flatMap(\.self)
        #expect(mail == [0, 4, 8])
        while try desk.engine.maintain() {}
        #expect(try pages(desk, .key("k"), limit: limit).reversed().flatMap(\.self) == Array(0..<12))
    }
}
