import Testing
import WaybillCore

@Suite struct `What producers send` {
    private let limits = MessageLimits()

    /// The part that a check complains of; nil: it is content.
    private func flaw(_ check: (MessageLimits) throws(MessageFlaw) -> Void) -> MessageFlaw.Part? {
        do throws(MessageFlaw) {
            try check(limits)
            return nil
        } catch {
            return error.part
        }
    }

    private func text(_ count: Int) -> Text { Text(String(repeating: "x", count: count)) }

    @Test func `is accepted at each bound and refused one beyond it`() {
        #expect(flaw { l throws(MessageFlaw) in try l.check(topic: TopicName(text(127))) } == nil)
        #expect(flaw { l throws(MessageFlaw) in try l.check(topic: TopicName(text(128))) } == .topic)
        #expect(flaw { l throws(MessageFlaw) in try l.check(group: GroupName(text(120))) } == nil)
        #expect(flaw { l throws(MessageFlaw) in try l.check(group: GroupName(text(121))) } == .group)
        #expect(flaw { l throws(MessageFlaw) in try l.check(messageGroup: text(63)) } == nil)
        #expect(flaw { l throws(MessageFlaw) in try l.check(messageGroup: text(64)) } == .messageGroup)
        #expect(flaw { l throws(MessageFlaw) in try l.check(id: text(255)) } == nil)
        #expect(flaw { l throws(MessageFlaw) in try l.check(id: text(256)) } == .id)
        #expect(flaw { l throws(MessageFlaw) in try l.check(lane: text(128)) } == nil)
        #expect(flaw { l throws(MessageFlaw) in try l.check(lane: text(129)) } == .lane)
        #expect(flaw { l throws(MessageFlaw) in try l.check(producer: text(255)) } == nil)
        #expect(flaw { l throws(MessageFlaw) in try l.check(producer: text(256)) } == .producer)
        #expect(flaw { l throws(MessageFlaw) in try l.check(bodyBytes: 4_194_304) } == nil)
        #expect(flaw { l throws(MessageFlaw) in try l.check(bodyBytes: 4_194_305) } == .body)
        #expect(flaw { l throws(MessageFlaw) in try l.check(bodyBytes: 1) } == nil)
        #expect(flaw { l throws(MessageFlaw) in try l.check(bodyBytes: 0) } == .body)
        #expect(flaw { l throws(MessageFlaw) in try l.check(batchOf: 32, bodyBytes: 4_194_304) } == nil)
        #expect(flaw { l throws(MessageFlaw) in try l.check(batchOf: 33, bodyBytes: 1) } == .batch)
        #expect(flaw { l throws(MessageFlaw) in try l.check(batchOf: 2, bodyBytes: 4_194_305) } == .batch)
        #expect(flaw { l throws(MessageFlaw) in try l.check(batchOf: 0, bodyBytes: 0) } == .batch)
        #expect(flaw { l throws(MessageFlaw) in try l.check(firstCheck: .hours(1)) } == nil)
        #expect(flaw { l throws(MessageFlaw) in try l.check(firstCheck: Interval(milliseconds: 3_600_001)) } != nil)
        #expect(flaw { l throws(MessageFlaw) in try l.check(firstCheck: Interval(milliseconds: -1)) } != nil)
        for priority: Int64 in [0, 9] {
            #expect(flaw { l throws(MessageFlaw) in try l.check(priority: priority) } == nil)
        }
        for priority: Int64 in [-1, 10, .max, .min] {
            #expect(flaw { l throws(MessageFlaw) in try l.check(priority: priority) } == .priority)
        }
    }

    @Test func `counts bytes, not letters`() {
        let letters = Text(String(repeating: "é", count: 31))
        #expect(flaw { l throws(MessageFlaw) in try l.check(messageGroup: letters) } == nil)
        #expect(
            flaw { l throws(MessageFlaw) in try l.check(messageGroup: Text(letters.string + "é")) } == .messageGroup)
    }

    @Test func `has at most 128 properties, and 16 KiB of them with tag and keys`() {
        let many = (0..<129).map { (name: Text("p\($0)"), value: Text("")) }
        #expect(flaw { l throws(MessageFlaw) in try l.check(properties: many.dropLast(), tag: nil, keys: []) } == nil)
        #expect(flaw { l throws(MessageFlaw) in try l.check(properties: many, tag: nil, keys: []) } == .properties)
        let one = [(name: Text("name"), value: text(16_384 - 4 - 3 - 2 - 1))]
        #expect(
            flaw { l throws(MessageFlaw) in try l.check(properties: one, tag: "tag", keys: ["k1", "k"]) } == nil)
        #expect(
            flaw { l throws(MessageFlaw) in try l.check(properties: one, tag: "tags", keys: ["k1", "k"]) }
                == .properties)
    }

    @Test(
        arguments: [
            "", "a b", "a.b", "../etc", "a/b", "naïve", "a\n", "a|b", "rmq_sys_trace", "RMQ_SYS_TRANS_HALF_TOPIC",
            "SCHEDULE_TOPIC_XXXX", "schedule_topic_xxxx", "TBW102", "%RETRY%points", "%DLQ%points", "%dlq%points",
        ] as [TopicName])
    func `goes to no topic of a strange or a reserved name`(name: TopicName) {
        #expect(flaw { l throws(MessageFlaw) in try l.check(topic: name) } == .topic)
    }

    @Test(
        arguments: ["", "CID_RMQ_SYS_TRANS", "cid_rmq_sys_x", "DEFAULT_CONSUMER", "a b", "%RETRY%\u{0}"] as [GroupName])
    func `is consumed by no group of a strange or a reserved name`(name: GroupName) {
        #expect(flaw { l throws(MessageFlaw) in try l.check(group: name) } == .group)
    }

    @Test(arguments: ["order", "after-sale", "A_1", "%x"] as [TopicName])
    func `goes to topics of ordinary names`(name: TopicName) {
        #expect(flaw { l throws(MessageFlaw) in try l.check(topic: name) } == nil)
    }

    @Test(arguments: ["", " ", "\t", "a|b", "*", "a\u{7F}", "a\u{85}b", "a\u{0}"] as [Text])
    func `has no tag that a subscription could not name`(tag: Text) {
        #expect(flaw { l throws(MessageFlaw) in try l.check(tag: tag) } == .tag)
    }

    @Test(arguments: ["", "  ", "a\nb", "a\u{1F}b"] as [Text])
    func `has no blank key, message group, id or producer, and no control character in them`(text: Text) {
        #expect(flaw { l throws(MessageFlaw) in try l.check(key: text) } == .key)
        #expect(flaw { l throws(MessageFlaw) in try l.check(messageGroup: text) } == .messageGroup)
        #expect(flaw { l throws(MessageFlaw) in try l.check(id: text) } == .id)
        #expect(flaw { l throws(MessageFlaw) in try l.check(producer: text) } == .producer)
    }

    @Test(
        arguments: [
            ("KEYS", "1"), ("TAGS", "1"), ("UNIQ_KEY", "1"), ("TIMER_DELIVER_MS", "1"), ("__CRC32#", "1"),
            ("DLQ_ORIGIN_TOPIC", "1"), ("__trace", "1"), ("a\u{1}", "1"), ("a", "b\n"), ("", "x"), (" ", "x"),
        ] as [(Text, Text)])
    func `sets no property of the system, and none with control characters`(name: Text, value: Text) {
        #expect(flaw { l throws(MessageFlaw) in try l.check(property: name, value: value) } == .property)
    }

    @Test(
        arguments: [("MIN_OFFSET", "1"), ("MAX_OFFSET", "1"), ("keys", "1"), ("a b", ""), ("größe", "42")]
            as [(Text, Text)])
    func `sets properties of any other name`(name: Text, value: Text) {
        #expect(flaw { l throws(MessageFlaw) in try l.check(property: name, value: value) } == nil)
    }

    @Test func `takes no id of an order's message`() {
        #expect(flaw { l throws(MessageFlaw) in try l.check(id: "e12-0") } == .id)
        for id in ["01FFAA", "e12", "e-1", "e12-", "e12-0x", "element-1", "E12-0"] as [Text] {
            #expect(flaw { l throws(MessageFlaw) in try l.check(id: id) } == nil)
        }
    }

    @Test func `is told what is wrong without a flood of it`() {
        let long = Text(String(repeating: "y ", count: 60))
        do throws(MessageFlaw) {
            try limits.check(topic: TopicName(long))
            Issue.record("a name with spaces was accepted")
        } catch {
            #expect(error.problem.utf8.count < 200)
        }
    }
}
