/// An identifier: a byte-compared text with a type of its own, so that an order's id is never taken for a SKU.
public protocol Identifier: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    var text: Text { get }
    init(_ text: Text)
}

extension Identifier {
    public init(_ string: String) { self.init(Text(string)) }
    public init(stringLiteral value: String) { self.init(Text(value)) }
    public var description: String { text.string }
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// The name by which the shop knows an order.
public struct OrderID: Identifier {
    public let text: Text
    public init(_ text: Text) { self.text = text }
}

/// The `id:` of a workflow file, for example `standard-order`; many versions share it.
public struct WorkflowName: Identifier {
    public let text: Text
    public init(_ text: Text) { self.text = text }
}

/// The SHA-256 of a workflow's text in lower-case hex: the id of one version.
public struct WorkflowHash: Identifier {
    public let text: Text
    public init(_ text: Text) { self.text = text }
}

/// The name of a command, an internal event or an order's timeout.
public struct EventName: Identifier {
    public let text: Text
    public init(_ text: Text) { self.text = text }
}

/// The name of a timeout, unique within a workflow.
public struct TimeoutName: Identifier {
    public let text: Text
    public init(_ text: Text) { self.text = text }
}

/// What is sold, or anything else that can be counted out: a coupon, points, a purchase limit.
public struct SKU: Identifier {
    public let text: Text
    public init(_ text: Text) { self.text = text }
}

/// Where stock lies; `""` when a shop has one place.
public struct Location: Identifier {
    public let text: Text
    public init(_ text: Text) { self.text = text }
}

/// A message topic.
public struct TopicName: Identifier {
    public let text: Text
    public init(_ text: Text) { self.text = text }
}

/// A consumer group: its members share the messages, or in broadcast each get all.
public struct GroupName: Identifier {
    public let text: Text
    public init(_ text: Text) { self.text = text }
}

/// The place of an event in the journal: 1, 2, 3 ... without gaps, in commit order.
public struct Position: Hashable, Comparable, Sendable {
    public let number: Int64
    public init(_ number: Int64) { self.number = number }
    public static func < (left: Position, right: Position) -> Bool { left.number < right.number }
}

extension Position {
    /// How it is written outside: `e42`. Opaque: it is compared and given back, and nothing is computed with it.
    public var text: String { "e\(number)" }

    /// Reads ``text``; nil: it is none.
    public init?(text: String) {
        guard text.hasPrefix("e"), let number = Int64(text.dropFirst()), number > 0, "e\(number)" == text else {
            return nil
        }
        self.init(number)
    }
}

/// A stream of events (one order, or the stock of one SKU at one location), named by the position of its first event.
public struct StreamNumber: Hashable, Comparable, Sendable {
    public let number: Int64
    public init(_ number: Int64) { self.number = number }
    public static func < (left: StreamNumber, right: StreamNumber) -> Bool { left.number < right.number }
}
