import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension MessageOperations {
    /// Bodies that one page of a topic reads: who may not see them must not fill the memory with them.
    static let bytesMax = 4 << 20

    /// The owner of a closed file reads it in this process, without a bound.
    static func bytesMax(of call: Call) -> Int { call.principal.isOwner && call.from.isEmpty ? Int.max : bytesMax }

    /// The messages of a name, the newest page first.
    static func list(_ name: MessageName, _ topic: TopicName?, _ call: Call) async throws(Problem) -> Reply {
        let page = try PageRequest(call, of: list(of: name, topic))
        let last: FoundPlace? = try place(of: page)
        let bytesMax = bytesMax(of: call)
        let found = try await call.book.read { book in
            try book.engine.messages.messages(
                named: name, in: topic, before: last, limit: page.limit, bytesMax: bytesMax)
        }
        if found.messages.isEmpty, page.after == nil, let topic { try await call.requireTopic(topic) }
        let showsBody = try await call.mayShowBodies(of: found.messages)
        return page.reply(found.messages, next: found.next.map(cursor)) { $0.found($1, showsBody: showsBody) }
    }

    /// Before which message the page of a name ends.
    static func place(of page: PageRequest) throws(Problem) -> FoundPlace? {
        try numbers(of: page, count: 3).map { numbers in
            FoundPlace(visibleAt: Moment(milliseconds: numbers[0]), queue: numbers[1], offset: numbers[2])
        }
    }

    static func cursor(of place: FoundPlace) -> [Text] {
        [place.visibleAt.milliseconds, place.queue, place.offset].map { Text("\($0)") }
    }

    static func list(of name: MessageName, _ topic: TopicName?) -> Text {
        switch name {
        case .id(let id): Text("messages of id \(id)")
        case .key(let key): Text("messages with key \(key.byteCount) \(key) \(topic?.text ?? "")")
        }
    }

    /// The messages of a topic, page by page.
    static func list(_ topic: TopicName, _ call: Call) async throws(Problem) -> Reply {
        let from = try call.query.time("from") ?? Moment(milliseconds: 0)
        let page = try PageRequest(call, of: Text("messages of \(topic) \(from.milliseconds)"))
        let last: MessageListPlace? = try place(of: page)
        let bytesMax = bytesMax(of: call)
        let found = try await call.book.read { book in
            try book.engine.messages.page(in: topic, from: from, after: last, limit: page.limit, bytesMax: bytesMax)
        }
        guard let found else { throw Problem(.unknownTopic(topic)) }
        let messages = found.messages
        let showsBody = try await call.mayShowBodies(of: messages)
        return page.reply(messages, next: found.next.map(cursor)) { $0.found($1, showsBody: showsBody) }
    }

    /// The time, then each queue with its place: short, as there may be a hundred.
    static func cursor(of place: MessageListPlace) -> [Text] {
        [Text("\(place.shownThrough.milliseconds)")]
            + place.offsets.sorted { $0.key < $1.key }.map { queue, offset in
                Text("\(String(queue, radix: 36)).\(String(offset, radix: 36))")
            }
    }

    static func place(of page: PageRequest) throws(Problem) -> MessageListPlace? {
        guard let texts = page.after else { return nil }
        guard let time = texts.first.flatMap({ Int64($0.string) }) else { throw foreignCursor }
        var offsets: [Int64: Int64] = [:]
        for text in texts.dropFirst() {
            let numbers = text.string.split(separator: ".").compactMap { Int64($0, radix: 36) }
            guard numbers.count == 2 else { throw foreignCursor }
            offsets[numbers[0]] = numbers[1]
        }
        return MessageListPlace(shownThrough: Moment(milliseconds: time), offsets: offsets)
    }

    static func numbers(of page: PageRequest, count: Int) throws(Problem) -> [Int64]? {
        guard let texts = page.after else { return nil }
        let numbers = texts.compactMap { Int64($0.string) }
        guard texts.count == count, numbers.count == count else { throw foreignCursor }
        return numbers
    }

    static let foreignCursor = Problem.badCursor("the cursor is none of this list; begin without a cursor")

    static let findMessages = Operation(
        "findMessages", .get, "/v1/messages", "Finds visible messages by id, by key, or by topic and time.",
        grant: Need(.viewer),
        query: [
            Parameter("id", .text(), "The message's id."), Parameter("key", .text(), "One of its keys."),
            Parameter("topic", .text(), "Its topic."),
            Parameter("from", .time, "Those of a topic that became visible then or later."),
        ] + PageRequest.parameters,
        answers: [
            Operation.Answer(
                200,
                "What was found, in order of time; of a key or an id the newest page first. A page with large messages "
                    + "may be short while `next` is there.", .page(.named("Message")))
        ],
        problems: [.notIndexed, .badCursor, .unknownTopic],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.message], .get("/v1/messages?id=booking-9"), 200,
            #"""
            {"items":[{"id":"booking-9","topic":"ledger","tag":"paid","keys":["order-7"],"lane":"","priority":0,
             "properties":{"amount":"5300"},"born_at":"2026-11-29T12:00:00Z","stored_at":"2026-11-29T12:00:00Z",
             "body_bytes":21,"position":"1:0","data":{"amount_cents":5300}}],"next":null,"as_of":"e1"}
            """#),
        handler: find)

    private static func find(_ call: Call) async throws(Problem) -> Reply {
        let (id, key) = (call.query.text("id"), call.query.text("key"))
        let topic = call.query.text("topic").map { TopicName($0) }
        guard id != nil || key != nil else {
            guard let topic else {
                throw Problem(.notIndexed, "ask by id, by key, or by topic with from")
                    .with(["parameters": .texts(["id", "key", "topic"])])
            }
            return try await list(topic, call)
        }
        let name = id.map { MessageName.id(MessageID($0)) } ?? .key(key ?? "")
        return try await list(name, id == nil ? topic : nil, call)
    }
}

extension JSONWriter {
    mutating func found(_ message: MessageView, showsBody: Bool) {
        beginObject()
        messageHead(message)
        if showsBody { body(message.body) }
        endObject()
    }
}
