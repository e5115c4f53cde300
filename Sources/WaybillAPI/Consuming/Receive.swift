import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

/// Operations of consumers.
enum Consuming {
    static let operations: [Operation] = [receive, acknowledge, fail, extend, deadLetter, leave]

    /// The longest wait, and the most messages at a time.
    private static let (waitMax, batchMax): (Int64, Int64) = (20_000, 100)

    static let receive = Operation(
        "receive", .post, "/v1/groups/{group}/receive",
        "Takes messages for a group: at once when there are any, else as soon as there are, or none.",
        grant: Need(.consumer(group: "group")),
        body: .fields(
            [
                Field("topic", .text(bytesMax: 127), "The topic.", isRequired: true),
                Field("tags", .text(), "`paid || shipped`; by default all."),
                Field("sql", .text(bytesMax: 8_192), "An SQL92 filter over properties, instead of tags."),
                Field(
                    "max", .integer(1...batchMax),
                    "How many at most; by default 32. Of a FIFO group's message group they come in order, and no other "
                        + "client gets one of it meanwhile."),
                Field("wait_ms", .integer(0...waitMax), "How long to wait when there is nothing."),
                Field("invisible_ms", .integer(1...43_200_000), "How long others do not get them."),
                Field(
                    "renew", .boolean, "Whether that time goes on while the client asks again, up to three hours."),
                Field("client", .text(bytesMax: 255), "The consumer's own name.", isRequired: true),
                Field("attempt", .text(bytesMax: 255), "Names this attempt: asked again, it gets the same."),
                Field("lane", .text(bytesMax: 128), "The grey-release route."),
            ], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "The deliveries.", .items(.named("Delivery")))],
        problems: [
            .unknownTopic, .unknownGroup, .badFilter, .badGroup, .badName, .badSetting, .limit, .notForThisGroup,
        ],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.group, ExampleShop.message], ExampleShop.receiveBooking, 200,
            #"""
            {"items":[{"receipt":"0101010601000101a5f9d8b9cd8dfbcce00122d914052b5f640d04e83cc763e3bfb9","attempt":1,
             "replayed":false,"invisible_until":"2026-11-29T12:00:30Z","id":"booking-9","position":"1:0",
             "topic":"ledger","tag":"paid","keys":["order-7"],"lane":"","priority":0,"properties":{"amount":"5300"},
             "born_at":"2026-11-29T12:00:00Z","stored_at":"2026-11-29T12:00:00Z",
             "message":{"specversion":"1.0","id":"booking-9",
             "source":"urn:waybill:910a2dec89025cc1beeb8da1658eec67","type":"paid","time":"2026-11-29T12:00:00Z",
             "datacontenttype":"application/json","data":{"amount_cents":5300}}}],"next":null}
            """#),
        isLongPoll: true, handler: take)

    private static func take(_ call: Call) async throws(Problem) -> Reply {
        let fields = try call.fields()
        let topic = TopicName(try fields.needed("topic", bytesMax: 127))
        let (tags, sql) = (try fields.text("tags", bytesMax: 8_192), try fields.text("sql", bytesMax: 8_192))
        guard tags == nil || sql == nil else { throw .badData("sql", "tags and sql do not go together") }
        let subscription = sql.map { Subscription(topic, sql: $0) } ?? Subscription(topic, tags: tags ?? "*")
        var options = Messages.ReceiveOptions(client: try fields.needed("client", bytesMax: 255))
        options.wait = call.whileTokenIsValid(Interval(milliseconds: try fields.wait("wait_ms", max: waitMax)))
        // The engine has these bounds, and says which of them is crossed.
        options.max = Int(try fields.int("max") ?? 32)
        options.invisible = try fields.int("invisible_ms").map { Interval(milliseconds: $0) }
        options.isRenewed = try fields.bool("renew") ?? false
        options.attempt = try fields.text("attempt", bytesMax: 255)?.string
        options.lane = try call.lane(fields).string
        let (group, asked) = (GroupName(call.path("group")), options)
        let take: @Sendable (Messages) async throws -> [Delivery] = { messages in
            try await messages.receive(group, subscription, asked)
        }
        let deliveries: [Delivery]
        do throws(Problem) {
            deliveries = try await call.messages(take)
        } catch {
            guard error.code == .unknownGroup, let start = call.served.settings.newGroupsStart else {
                throw error.namingBound(of: "max", max: batchMax)
            }
            try await make(group, for: topic, startingAt: start, call)
            deliveries = try await call.messages(take)
        }
        let source = call.served.source
        var reply = Reply.all(deliveries) { $0.delivery($1, source: source) }
        // What an attempt was given is kept for it: its caller comes again, and asks for the same.
        if !deliveries.isEmpty {
            let (book, receipts) = (call.book, deliveries.map(\.receipt))
            reply.takeBackFromStranger = { await book.giveBack(receipts) }
            if asked.attempt == nil { reply.takeBack = reply.takeBackFromStranger }
        }
        return reply
    }

    /// Deployed consumers need no operator first: a missing group is made by its first consumer, to fit its topic. A
    /// mistyped topic makes none.
    private static func make(
        _ group: GroupName, for topic: TopicName, startingAt start: GroupStart, _ call: Call
    ) async throws(Problem) {
        guard let known = try await call.messages({ try $0.topic(topic) }) else { throw Problem(.unknownTopic(topic)) }
        let rules = GroupSettings(isFIFO: known.settings.type == .fifo, startsAt: start)
        _ = try await call.act(KeepGroup(group, rules, by: call.maker)) { $0.group($1.group) }
    }
}

extension Problem {
    /// The same with the bound of a setting, if it is the one that was crossed.
    fileprivate func namingBound(of setting: String, max: Int64) -> Problem {
        guard code == .badSetting, values["setting"] == .text(setting) else { return self }
        return with(values.with("max", .number(max)))
    }
}
