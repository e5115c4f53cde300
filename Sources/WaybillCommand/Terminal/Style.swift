/// Emphasis on a terminal; plain text everywhere else.
enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"

    /// The text in this style, if `output` is a terminal that shows styles.
    func callAsFunction(_ text: String, on output: Output = .standard) -> String {
        output.isStyled ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
