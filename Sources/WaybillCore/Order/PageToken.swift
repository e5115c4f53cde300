/// Where a list goes on: opaque, and good for the list that it came from. One of another filter is refused.
public struct PageToken: Hashable, Sendable {
    package var number: Int64
    /// A digest over what the list was asked for; nil: made here, and good for any.
    private var scope: UInt64?

    package init(number: Int64, scope: UInt64? = nil) {
        self.number = number
        self.scope = scope
    }

    /// Reads ``text``; nil: it is no token.
    public init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "p", let number = Int64(parts[1], radix: 16), number >= 0,
            let scope = UInt64(parts[2], radix: 16)
        else { return nil }
        self.init(number: number, scope: scope)
        guard self.text == text else { return nil }
    }

    /// The token as text, to be given back later.
    public var text: String { "p-\(String(number, radix: 16))-\(String(scope ?? 0, radix: 16))" }

    /// The row after which the list goes on; nil: the token is of another list.
    package func number(in scope: UInt64) -> Int64? { (self.scope ?? scope) == scope ? number : nil }
}

extension OrderFilter {
    /// What tells pages of this list, as of a moment, from those of others.
    package func scope(asOf moment: AsOf) -> UInt64 {
        var digest = Digest()
        switch sequence {
        case .oldestFirst: digest.add("orders, oldest first")
        case .newestFirst: digest.add("orders, newest first")
        }
        digest.add(status)
        digest.add(workflow?.text)
        for status in otherStatuses { digest.add("or \(status)") }
        for attribute in attributes {
            digest.add(attribute.name)
            digest.add(attribute.value)
        }
        switch moment {
        case .now: digest.add("now")
        case .event(let position):
            digest.add("event")
            digest.add(position.number)
        case .time(let time):
            digest.add("time")
            digest.add(time.milliseconds)
        }
        return UInt64(bitPattern: digest.value)
    }
}
