/// The one set of forms in which a time may come from outside: in data, in histories, in options.
///
/// | form | example |
/// |---|---|
/// | ISO 8601 with a zone | `2026-11-21T10:00:00Z`, `2026-11-21 18:00:00.250+08:00` |
/// | milliseconds since 1970 | `1795255200000` |
///
/// A date or a time of day without a zone is refused: 18:00 in Shanghai is not 18:00 in London. So is a number of ten
/// digits: it is a time in seconds, and taken for milliseconds it would lie in 1970.
extension Moment {
    /// The years 1 to 9999, in milliseconds since 1970.
    package static let readable: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// Reads a time from outside.
    package init(read text: Text) throws(MomentProblem) {
        if let milliseconds = Int64(text.string) {
            try self.init(readMilliseconds: milliseconds)
        } else if let moment = Moment(iso8601: text) {
            try self.init(readMilliseconds: moment.milliseconds, maySeemSeconds: true)
        } else if Moment(iso8601: text, assumingUTC: true) != nil || Moment(iso8601: "\(text)T00:00:00Z") != nil {
            throw .withoutZone(text)
        } else {
            throw .notATime(text)
        }
    }

    /// Reads milliseconds since 1970 from outside.
    package init(readMilliseconds milliseconds: Int64) throws(MomentProblem) {
        try self.init(readMilliseconds: milliseconds, maySeemSeconds: false)
    }

    private init(readMilliseconds milliseconds: Int64, maySeemSeconds: Bool) throws(MomentProblem) {
        guard Self.readable.contains(milliseconds) else { throw .beyondCalendar(milliseconds) }
        guard maySeemSeconds || !Self.tenDigits.contains(milliseconds.magnitude) else { throw .seconds(milliseconds) }
        self.init(milliseconds: milliseconds)
    }

    private static let tenDigits: ClosedRange<UInt64> = 1_000_000_000...9_999_999_999
}

/// Why something from outside is not taken for a time.
package enum MomentProblem: Error, Hashable, Sendable {
    case notATime(Text)
    /// A date, with a time of day or without, and no zone.
    case withoutZone(Text)
    /// A number of ten digits.
    case seconds(Int64)
    /// Before the year 1 or after the year 9999; in milliseconds since 1970.
    case beyondCalendar(Int64)

    /// What is wrong, and an example of what is right.
    package var message: String {
        switch self {
        case .notATime(let text):
            "'\(text)' is not a time; write for example 2026-11-21T10:00:00Z, or milliseconds since 1970"
        case .withoutZone(let text):
            "'\(text)' names no time zone; write for example 2026-11-21T10:00:00Z"
        case .seconds(let number):
            "\(number) has ten digits, as a time in seconds has; write milliseconds since 1970, \(number)000, "
                + "or for example 2026-11-21T10:00:00Z"
        case .beyondCalendar(let milliseconds):
            "\(milliseconds) milliseconds lie outside of the years 1 to 9999; write for example 2026-11-21T10:00:00Z"
        }
    }
}

extension JSONReader {
    /// A time in one of the forms that are taken from outside.
    package mutating func moment() throws(JSONProblem) -> Moment {
        if try peek() == .number {
            let milliseconds = try int()
            do throws(MomentProblem) {
                return try Moment(readMilliseconds: milliseconds)
            } catch {
                throw problem(error.message)
            }
        }
        let text = try text()
        do throws(MomentProblem) {
            return try Moment(read: text)
        } catch {
            throw problem(error.message)
        }
    }
}
