/// The text that a buyer types to spend a coupon: 16 letters and digits that nobody guesses, none easily mistaken.
enum CouponCode {
    private static let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// Makes one of 80 random bits.
    static func make(_ random: () -> UInt64) -> String {
        var text = ""
        for _ in 0..<2 {
            var bits = random()
            for _ in 0..<8 {
                text.append(letters[Int(bits & 31)])
                bits >>= 5
            }
        }
        return text
    }
}
