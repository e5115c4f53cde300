/// Numbers as pages write them.
enum Numbers {
    /// `12,345`, with a true minus sign.
    static func grouped(_ number: Int64) -> String {
        var digits = String(number.magnitude)
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = String(digits.dropLast(3))
        }
        groups.insert(digits[...], at: 0)
        return (number < 0 ? "−" : "") + groups.joined(separator: ",")
    }

    /// An amount of minor units with two decimals.
    static func money(_ cents: Int64) -> String {
        let minor = cents.magnitude % 100
        let whole = grouped(Int64(cents.magnitude / 100))
        return "\(cents < 0 ? "−" : "")\(whole).\(minor < 10 ? "0" : "")\(minor)"
    }

    /// `1 order`, `2 orders`.
    static func count(_ number: Int64, _ one: String, _ many: String? = nil) -> String {
        "\(grouped(number)) \(number == 1 ? one : many ?? one + "s")"
    }

    /// `14.8 MB`.
    static func bytes(_ count: Int64) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var tenths = count.magnitude
        guard tenths >= 1_000 else { return Self.count(count, "byte") }
        var unit = 0
        while tenths >= 1_000_000, unit < units.count - 2 {
            tenths /= 1_000
            unit += 1
        }
        tenths /= 100
        return "\(grouped(Int64(tenths / 10))).\(tenths % 10) \(units[min(unit + 1, units.count - 1)])"
    }
}

/// A count, softer when it is zero.
func countHTML(_ number: Int64) -> HTML {
    number == 0 ? span(.class("zero")) { "0" } : HTML(Numbers.grouped(number))
}

/// An amount, softer when it is zero.
func moneyHTML(_ cents: Int64) -> HTML {
    cents == 0 ? span(.class("zero")) { "0.00" } : HTML(Numbers.money(cents))
}

/// Does not apply.
func noneHTML(_ why: String = "none") -> HTML {
    span(.class("soft")) {
        "–"
        span(.class("hidden")) { " \(why)" }
    }
}
