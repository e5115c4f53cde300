// What other libraries export, under names that an order book has too. A file that imports two modules which export one
// name cannot use it: these are the names that Waybill must not export.

public struct Text: Sendable { public init() {} }
public struct JSON: Sendable { public init() {} }
public struct Interval: Sendable { public init() {} }
public struct Moment: Sendable { public init() {} }
public struct World: Sendable { public init() {} }
public struct Digest: Sendable { public init() {} }
public struct Value: Sendable { public init() {} }
public struct Position: Sendable { public init() {} }
public struct Location: Sendable { public init() {} }
public struct Page: Sendable { public init() {} }
public struct Answer: Sendable { public init() {} }
public struct Resolution: Sendable { public init() {} }
public struct Command: Sendable { public init() {} }
public struct Event: Sendable { public init() {} }
public struct Order: Sendable { public init() {} }
public struct Workflow: Sendable { public init() {} }
public struct Store: Sendable { public init() {} }
public struct Engine: Sendable { public init() {} }
public struct Writer: Sendable { public init() {} }
public struct Transaction: Sendable { public init() {} }
public struct Vitals: Sendable { public init() {} }
public struct Problem: Sendable { public init() {} }
public struct Seal: Sendable { public init() {} }
public protocol Identifier {}

/// A name that both export: it is written with its module.
public struct Subscription: Sendable { public init() {} }
