/// How long a client waits for a call, as the header `grpc-timeout` says it.
package enum CallTimeout: Hashable, Sendable {
    /// It waits as long as it takes, or longer than a day, which is the same here.
    case none
    case milliseconds(Int64)
    /// The header is no such time.
    case malformed

    /// A longer one counts as none.
    private static let nanosecondsMax: Int64 = 86_400_000_000_000
    private static let digitsMax = 8

    /// - Parameter text: the value of the header; nil: there is none.
    package init(_ text: String?) {
        guard let text else {
            self = .none
            return
        }
        let bytes = Array(text.utf8)
        guard let unit = bytes.last, (2...Self.digitsMax + 1).contains(bytes.count),
            bytes.dropLast().allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
            let count = Int64(text.dropLast()), let nanoseconds = Self.nanoseconds(unit)
        else {
            self = .malformed
            return
        }
        let (sum, isOver) = count.multipliedReportingOverflow(by: nanoseconds)
        if isOver || sum > Self.nanosecondsMax {
            self = .none
        } else {
            // A time under a millisecond is none at all: nothing is answered in it.
            self = .milliseconds(sum / 1_000_000)
        }
    }

    private static func nanoseconds(_ unit: UInt8) -> Int64? {
        switch unit {
        case UInt8(ascii: "H"): 3_600_000_000_000
        case UInt8(ascii: "M"): 60_000_000_000
        case UInt8(ascii: "S"): 1_000_000_000
        case UInt8(ascii: "m"): 1_000_000
        case UInt8(ascii: "u"): 1_000
        case UInt8(ascii: "n"): 1
        default: nil
        }
    }
}
