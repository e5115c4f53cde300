extension Interval {
    /// Reads `PT30M`, `P1DT2H`, as other systems write durations, so that a message can say how it is written here.
    /// Nil: it is none, is too long, or counts weeks, months or years.
    package init?(iso8601 text: Text) {
        let parsed: Int64? = text.withBytes { bytes in
            guard bytes.first == UInt8(ascii: "P"), bytes.count > 2 else { return nil }
            var rest = bytes.dropFirst()
            var total: Int64 = 0
            var isTime = false
            while !rest.isEmpty {
                if !isTime, rest.first == UInt8(ascii: "T") {
                    isTime = true
                    rest = rest.dropFirst()
                }
                let digits = rest.prefix { (0x30...0x39).contains($0) }
                guard let count = Int64(String(decoding: digits, as: UTF8.self)) else { return nil }
                rest = rest.dropFirst(digits.count)
                guard let sign = rest.popFirst(), let unit = Self.length(of: sign, isTime: isTime) else { return nil }
                let (part, overflow) = count.multipliedReportingOverflow(by: unit)
                let (sum, overflowed) = total.addingReportingOverflow(part)
                guard !overflow, !overflowed else { return nil }
                total = sum
            }
            return total
        }
        guard let parsed else { return nil }
        self.init(milliseconds: parsed)
    }

    private static func length(of sign: UInt8, isTime: Bool) -> Int64? {
        switch (sign, isTime) {
        case (UInt8(ascii: "D"), false): 86_400_000
        case (UInt8(ascii: "H"), true): 3_600_000
        case (UInt8(ascii: "M"), true): 60_000
        case (UInt8(ascii: "S"), true): 1_000
        case (_, _): nil
        }
    }
}
