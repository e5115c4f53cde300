/// A number with commas between its thousands.
func grouped(_ number: some BinaryInteger) -> String {
    var result = ""
    for (index, digit) in "\(number.magnitude)".reversed().enumerated() {
        if index > 0, index % 3 == 0 { result.append(",") }
        result.append(digit)
    }
    return (number < 0 ? "-" : "") + String(result.reversed())
}

/// `1 order`, `2 orders`.
func counted(_ number: some BinaryInteger, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
}
