/// A number with decimals, exact and without a floating point: equal texts of numbers are equal numbers.
package struct DecimalNumber: Hashable, Sendable {
    /// Digits after the point that count; further ones of a property are cut off.
    package static let fractionDigitsMax = 18

    package let isNegative: Bool
    /// The part before the point, without its sign.
    package let whole: UInt64
    /// The part after the point, in units of 10^-18.
    package let fraction: UInt64

    package init(whole: UInt64, fraction: UInt64 = 0, isNegative: Bool = false) {
        // Zero has one sign, or it would be two numbers.
        self.isNegative = isNegative && (whole > 0 || fraction > 0)
        self.whole = whole
        self.fraction = fraction
    }

    package init(_ number: Int64) { self.init(whole: number.magnitude, isNegative: number < 0) }

    package var negated: DecimalNumber { DecimalNumber(whole: whole, fraction: fraction, isNegative: !isNegative) }

    /// The number when it is a whole one of 64 bits: what arithmetic takes.
    package var int64: Int64? {
        guard fraction == 0 else { return nil }
        if !isNegative { return Int64(exactly: whole) }
        return whole <= Int64.max.magnitude + 1 ? Int64(truncatingIfNeeded: 0 &- whole) : nil
    }
}

extension DecimalNumber: Comparable {
    package static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        let isSmaller = (left.whole, left.fraction) < (right.whole, right.fraction)
        return left.isNegative ? !isSmaller && left != right : isSmaller
    }
}

extension DecimalNumber {
    /// The number that a property's text spells: a sign, digits, and digits after a point. Nil: it spells none, or one
    /// whose whole part is beyond 64 bits.
    package init?(_ text: Text) {
        guard let parsed = text.withBytes({ Self.parsed($0) }) else { return nil }
        self = parsed
    }

    private static func parsed(_ bytes: UnsafeBufferPointer<UInt8>) -> DecimalNumber? {
        var rest = bytes[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        var whole: UInt64 = 0
        var fraction: UInt64 = 0
        var digitCount = 0
        var fractionDigits: Int?
        for byte in rest {
            if byte == UInt8(ascii: "."), fractionDigits == nil {
                fractionDigits = 0
                continue
            }
            guard let digit = byte.digit else { return nil }
            digitCount += 1
            guard let place = fractionDigits else {
                let (product, tooLarge) = whole.multipliedReportingOverflow(by: 10)
                let (sum, tooLong) = product.addingReportingOverflow(digit)
                guard !tooLarge, !tooLong else { return nil }
                whole = sum
                continue
            }
            if place < fractionDigitsMax { fraction = fraction * 10 + digit }
            fractionDigits = place + 1
        }
        guard digitCount > 0 else { return nil }
        return DecimalNumber(
            whole: whole, fraction: scaled(fraction, digits: fractionDigits ?? 0), isNegative: isNegative)
    }

    /// Digits after a point, read as a whole number, in units of 10^-18.
    static func scaled(_ digits: UInt64, digits count: Int) -> UInt64 {
        var scaled = digits
        for _ in min(count, fractionDigitsMax)..<fractionDigitsMax { scaled *= 10 }
        return scaled
    }
}

extension UInt8 {
    /// The value of an ASCII digit.
    fileprivate var digit: UInt64? {
        self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") ? UInt64(self - UInt8(ascii: "0")) : nil
    }
}
