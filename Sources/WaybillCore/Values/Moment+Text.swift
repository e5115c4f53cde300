/// Times and lengths of time as people write them: `2026-11-21T10:00:00.250Z`, `1h30m`.
extension Moment {
    /// Reads ISO 8601 with seconds, an optional fraction, and `Z` or an offset; the date and time may be joined by a
    /// space. A time without a zone is refused unless `assumingUTC`. Returns nil when the text is anything else.
    public init?(iso8601 text: Text, assumingUTC: Bool = false) {
        let parsed: Moment? = text.withBytes { bytes in
            var scanner = DigitScanner(bytes: bytes)
            return scanner.moment(assumingUTC: assumingUTC)
        }
        guard let parsed else { return nil }
        self = parsed
    }

    /// ISO 8601 in UTC, with milliseconds only when there are any.
    public var iso8601: String {
        let (days, rest) = milliseconds.flooredQuotient(by: 86_400_000)
        let (year, month, day) = civilDate(daysSince1970: days)
        let seconds = rest / 1_000
        let clock = "\(pad(seconds / 3_600, 2)):\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2))"
        let fraction = rest % 1_000 == 0 ? "" : ".\(pad(rest % 1_000, 3))"
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(clock)\(fraction)Z"
    }
}

extension Interval {
    /// Reads `30m`, `1h30m`, `10d`, `250ms`, `45s`; nil when the text is anything else or too long for 64 bits.
    public init?(text: Text) {
        let parsed: Int64? = text.withBytes { bytes in
            var scanner = DigitScanner(bytes: bytes)
            var total: Int64 = 0
            guard !scanner.isAtEnd else { return nil }
            while !scanner.isAtEnd {
                guard let count = scanner.number(), let unit = scanner.unit() else { return nil }
                let (part, overflow) = count.multipliedReportingOverflow(by: unit)
                let (sum, overflowed) = total.addingReportingOverflow(part)
                guard !overflow && !overflowed else { return nil }
                total = sum
            }
            return total
        }
        guard let parsed else { return nil }
        self.init(milliseconds: parsed)
    }

    /// `1h30m`; the units that are zero are left out.
    public var text: String {
        if milliseconds == 0 { return "0s" }
        var rest = milliseconds.magnitude
        var result = milliseconds < 0 ? "-" : ""
        for (unit, name) in [(UInt64(86_400_000), "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")] {
            if rest >= unit { result += "\(rest / unit)\(name)" }
            rest %= unit
        }
        return result
    }
}

/// Reads digits and separators; used for times only.
private struct DigitScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var offset = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func take(_ byte: UInt8) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    /// Exactly `count` digits.
    mutating func digits(_ count: Int) -> Int64? {
        guard offset + count <= bytes.count else { return nil }
        var value: Int64 = 0
        for _ in 0..<count {
            let digit = bytes[offset] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int64(digit)
            offset += 1
        }
        return value
    }

    /// One to fifteen digits.
    mutating func number() -> Int64? {
        var count = 0
        while offset + count < bytes.count, bytes[offset + count] &- UInt8(ascii: "0") < 10 { count += 1 }
        guard (1...15).contains(count) else { return nil }
        return digits(count)
    }

    /// A unit of time, in milliseconds.
    mutating func unit() -> Int64? {
        if take(UInt8(ascii: "d")) { return 86_400_000 }
        if take(UInt8(ascii: "h")) { return 3_600_000 }
        if take(UInt8(ascii: "s")) { return 1_000 }
        guard take(UInt8(ascii: "m")) else { return nil }
        return take(UInt8(ascii: "s")) ? 1 : 60_000
    }

    mutating func moment(assumingUTC: Bool) -> Moment? {
        guard let year = digits(4), take(UInt8(ascii: "-")), let month = digits(2), take(UInt8(ascii: "-")),
            let day = digits(2), take(UInt8(ascii: "T")) || take(UInt8(ascii: " ")),
            let hour = digits(2), take(UInt8(ascii: ":")), let minute = digits(2), take(UInt8(ascii: ":")),
            let second = digits(2),
            (1...12).contains(month), (1...daysIn(month: month, year: year)).contains(day), hour < 24, minute < 60,
            second < 60, let fraction = fraction(), let offset = zone(assumingUTC: assumingUTC), isAtEnd
        else { return nil }
        let seconds = daysSince1970(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60 + second
        return Moment(milliseconds: (seconds - offset) * 1_000 + fraction)
    }

    /// Milliseconds of an optional fraction; digits after the third are dropped.
    private mutating func fraction() -> Int64? {
        guard take(UInt8(ascii: ".")) else { return 0 }
        var value: Int64 = 0
        var count = 0
        while let digit = digits(1) {
            if count < 3 { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        while count < 3 {
            value *= 10
            count += 1
        }
        return value
    }

    /// Seconds east of UTC.
    private mutating func zone(assumingUTC: Bool) -> Int64? {
        if isAtEnd { return assumingUTC ? 0 : nil }
        if take(UInt8(ascii: "Z")) { return 0 }
        let sign: Int64
        if take(UInt8(ascii: "+")) {
            sign = 1
        } else if take(UInt8(ascii: "-")) {
            sign = -1
        } else {
            return nil
        }
        guard let hours = digits(2), take(UInt8(ascii: ":")), let minutes = digits(2), hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}

private func pad(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

private func daysIn(month: Int64, year: Int64) -> Int64 {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar. Years begin in March here, so that a leap day comes last.
private func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month > 2 ? year : year - 1
    let (era, yearOfEra) = shifted.flooredQuotient(by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}

private func civilDate(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = (days + 719_468).flooredQuotient(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
}

extension Int64 {
    /// Division that rounds towards minus infinity, with a remainder >= 0.
    fileprivate func flooredQuotient(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
