/// What becomes of units in arithmetic. Nil: the operation makes no sense, such as cents + count.
extension ValueType.Unit {
    /// The unit that both share, for comparing, CASE and assigning: plain numbers fit every unit, cents fit signed
    /// cents.
    func joined(with other: Self) -> Self? {
        switch (self, other) {
        case (.plain, _): other
        case (_, .plain): self
        case (.cents, .signedCents), (.signedCents, .cents): .signedCents
        case (.count, _), (.cents, _), (.signedCents, _), (.duration, _), (.time, _): self == other ? self : nil
        }
    }

    func adding(_ other: Self) -> Self? {
        switch (self, other) {
        case (.time, .duration), (.duration, .time): .time
        // Whether a plain number added to a time is a length or a time cannot be told.
        case (.time, _), (_, .time): nil
        case (.plain, _), (.count, _), (.cents, _), (.signedCents, _), (.duration, _): joined(with: other)
        }
    }

    func subtracting(_ other: Self) -> Self? {
        switch (self, other) {
        case (.time, .time): .duration
        case (.time, .duration): .time
        case (.time, _), (_, .time): nil
        case (.cents, _), (_, .cents): joined(with: other) == nil ? nil : .signedCents
        case (.plain, _), (.count, _), (.signedCents, _), (.duration, _): joined(with: other)
        }
    }

    /// A count or a plain number of anything but times.
    func multiplied(by other: Self) -> Self? {
        switch (self, other) {
        case (.time, _), (_, .time): nil
        case (.plain, _): other
        case (_, .plain): self
        case (.count, _): other
        case (_, .count): self
        case (.cents, _), (.signedCents, _), (.duration, _): nil
        }
    }

    /// A share of something, or how often one thing fits into another of its kind.
    func divided(by other: Self) -> Self? {
        switch (self, other) {
        case (.time, _), (_, .time): nil
        case (_, .plain), (_, .count): self == .plain ? other : self
        case (.plain, _): .count
        case (.count, _), (.cents, _), (.signedCents, _), (.duration, _): joined(with: other) == nil ? nil : .count
        }
    }

    /// What is left of a division: the unit of what is divided.
    func remainder(by other: Self) -> Self? {
        guard divided(by: other) != nil else { return nil }
        return self == .plain ? other : self
    }

    var negated: Self? {
        switch self {
        case .plain, .count, .duration, .signedCents: self
        case .cents: .signedCents
        case .time: nil
        }
    }

    /// The unit in words, for messages.
    var phrase: String {
        switch self {
        case .plain: "a number"
        case .count: "a count"
        case .cents, .signedCents: "cents"
        case .duration: "a duration"
        case .time: "a time"
        }
    }
}
