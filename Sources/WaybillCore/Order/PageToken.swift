/// Where a list goes on: opaque, and good for the list that it came from. One of another filter is refused.
public struct PageToken: Hashable, Sendable {
    package var number: Int64
    /// A digest over what the list was asked for; nil: made here, and good for any.
    private var scope: UInt64?
    /// Where a list goes on whose rows have no numbers; empty: they have.
    private var place: [Text] = []

    package init(number: Int64, scope: UInt64? = nil) {
        self.number = number
        self.scope = scope
    }

    /// A token of a list whose rows are told apart by texts.
    package init(place: [Text], scope: UInt64) {
        number = 0
        self.scope = scope
        self.place = place
    }

    /// Reads ``text``; nil: it is no token.
    public init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3 || parts.count == 4, parts[0] == "p", let number = Int64(parts[1], radix: 16),
            number >= 0, let scope = UInt64(parts[2], radix: 16)
        else { return nil }
        self.init(number: number, scope: scope)
        if parts.count == 4 {
            for part in parts[3].split(separator: ".", omittingEmptySubsequences: false) {
                guard let text = Self.text(fromHex: part) else { return nil }
                place.append(text)
            }
        }
        guard self.text == text else { return nil }
    }

    /// The token as text, to be given back later.
    public var text: String {
        let begin = "p-\(String(number, radix: 16))-\(String(scope ?? 0, radix: 16))"
        return place.isEmpty ? begin : "\(begin)-\(place.map(Self.hex).joined(separator: "."))"
    }

    /// The row after which the list goes on; nil: the token is of another list.
    package func number(in scope: UInt64) -> Int64? {
        (self.scope ?? scope) == scope && place.isEmpty ? number : nil
    }

    /// The texts of the row after which the list goes on; nil: the token is of another list.
    package func place(of count: Int, in scope: UInt64) -> [Text]? {
        self.scope == scope && place.count == count ? place : nil
    }

    private static func hex(_ text: Text) -> String {
        text.string.utf8.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    private static func text(fromHex hex: Substring) -> Text? {
        var bytes: [UInt8] = []
        var rest = hex
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self).map { Text($0) }
    }
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
