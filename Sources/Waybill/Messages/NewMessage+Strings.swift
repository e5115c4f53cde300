public import WaybillCore

/// The texts of a message as a program has them.
extension NewMessage {
    /// What subscriptions choose by first; at most one.
    public var tag: String? {
        get { texts.tag?.string }
        set { texts.tag = newValue.map { Text($0) } }
    }

    /// By what it can be looked up later.
    public var keys: [String] {
        get { texts.keys.map(\.string) }
        set { texts.keys = newValue.map { Text($0) } }
    }

    /// Messages of one message group are delivered one after the other, in FIFO groups.
    public var messageGroup: String? {
        get { texts.messageGroup?.string }
        set { texts.messageGroup = newValue.map { Text($0) } }
    }

    /// What SQL filters choose by; RocketMQ's own names are reserved. Of names that differ in bytes alone, as two ways
    /// to write an accent do, `String` knows one.
    public var properties: [String: String] {
        get { Dictionary(texts.properties.map { ($0.string, $1.string) }) { first, _ in first } }
        set { texts.properties = Dictionary(newValue.map { (Text($0), Text($1)) }) { first, _ in first } }
    }

    /// The grey-release route; "" is the base.
    public var lane: String {
        get { texts.lane.string }
        set { texts.lane = Text(newValue) }
    }

    /// W3C trace context; nil: none.
    public var trace: String? {
        get { texts.trace?.string }
        set { texts.trace = newValue.map { Text($0) } }
    }
}
