/// Names that producers and operators may not take, because RocketMQ's brokers and clients give them a meaning.
package enum ReservedNames {
    /// The dead letters of a group: an ordinary topic to read, and nobody's to create or send to.
    package static let deadLetterPrefix = "%DLQ%"
    package static let retryPrefix = "%RETRY%"

    /// Whether a topic of this name belongs to the system. Compared without regard to case, so that no look-alike is
    /// made.
    package static func isTopic(_ name: Text) -> Bool {
        let upper = uppercased(name)
        return topics.contains(upper) || topicPrefixes.contains { upper.starts(with: $0.utf8) }
    }

    package static func isGroup(_ name: Text) -> Bool {
        let upper = uppercased(name)
        return groups.contains(upper) || groupPrefixes.contains { upper.starts(with: $0.utf8) }
    }

    /// What the engine's own properties begin with.
    package static let propertyPrefix = "__"

    /// Whether a property of this name is the system's. Compared as it is, as RocketMQ does.
    package static func isProperty(_ name: Text) -> Bool {
        name.string.hasPrefix(propertyPrefix) || properties.contains(name)
    }

    /// Whether an id has the form of those that events' messages have: `e12-0-` and 16 hexadecimal digits, or `e12-0`
    /// in files of earlier releases.
    package static func isEventID(_ id: Text) -> Bool {
        guard id.string.utf8.first == UInt8(ascii: "e") else { return false }
        let parts = id.string.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3 && parts[2].utf8.count == 16 else { return false }
        return parts.prefix(2).allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(\.isDigit) }
            && parts.dropFirst(2).allSatisfy { $0.utf8.allSatisfy(\.isLowerHexadecimal) }
    }

    private static let topics = Set(
        [
            "SCHEDULE_TOPIC_XXXX", "TBW102", "BENCHMARKTEST", "OFFSET_MOVED_EVENT", "SELF_TEST_TOPIC",
            "TRANS_CHECK_MAX_TIME_TOPIC",
        ].map { Array($0.utf8) })
    private static let topicPrefixes = [deadLetterPrefix, retryPrefix, "RMQ_SYS_", "%SYS%"]

    private static let groups = Set(
        [
            "DEFAULT_CONSUMER", "DEFAULT_PRODUCER", "TOOLS_CONSUMER", "FILTERSRV_CONSUMER", "SELF_TEST_C_GROUP",
            "SELF_TEST_P_GROUP", "CLIENT_INNER_PRODUCER",
        ].map { Array($0.utf8) })
    private static let groupPrefixes = ["CID_RMQ_SYS_", "CID_ONS-HTTP-PROXY", "CID_ONSAPI_", "CID_SYS_"]

    private static let properties: Set<Text> = [
        "KEYS", "TAGS", "WAIT", "DELAY", "RETRY_TOPIC", "REAL_TOPIC", "REAL_QID", "TRAN_MSG", "PGROUP", "BUYER_ID",
        "ORIGIN_MESSAGE_ID", "TRANSFER_FLAG", "CORRECTION_FLAG", "MQ2_FLAG", "RECONSUME_TIME", "MSG_REGION",
        "TRACE_ON", "UNIQ_KEY", "EXTEND_UNIQ_INFO", "MAX_RECONSUME_TIMES", "CONSUME_START_TIME", "POP_CK",
        "POP_CK_OFFSET", "1ST_POP_TIME", "TRAN_PREPARED_QUEUE_OFFSET", "DUP_INFO", "INSTANCE_ID", "CORRELATION_ID",
        "REPLY_TO_CLIENT", "TTL", "ARRIVE_TIME", "PUSH_REPLY_TIME", "CLUSTER", "MSG_TYPE",
        "INNER_MULTI_QUEUE_OFFSET", "TIMER_DELAY_MS", "TIMER_DELAY_SEC", "TIMER_DELIVER_MS", "TIMER_ENQUEUE_MS",
        "TIMER_DEQUEUE_MS", "TIMER_ROLL_TIMES", "TIMER_OUT_MS", "TIMER_DEL_UNIQKEY", "TIMER_DELAY_LEVEL",
        "__BORNHOST", "BORN_TIMESTAMP", "DLQ_ORIGIN_TOPIC", "DLQ_ORIGIN_MESSAGE_ID", "__CRC32#",
    ]

    private static func uppercased(_ name: Text) -> [UInt8] {
        name.string.utf8.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) ? $0 - 32 : $0 }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isLowerHexadecimal: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self) }
}
