/// A line on stderr that is written over and over while work goes on; nothing where no person looks.
struct ProgressLine {
    private let output = Output.error

    func show(_ text: String) {
        guard output.isStyled else { return }
        output.write("\r" + text.printable.truncated(toColumns: output.columns - 1) + "\u{1B}[K")
    }

    /// A bar with what is behind it; `total` 0: not known yet.
    func show(_ done: Int, of total: Int, _ what: String) {
        guard output.isStyled else { return }
        let share = total > 0 ? min(1, Double(done) / Double(total)) : 0
        let width = min(40, max(10, output.columns - what.columns - 12))
        let percent = "\(Int(share * 100))%".padded(toColumns: 4, isRightAligned: true)
        let text = what.printable.truncated(toColumns: output.columns - width - 8)
        output.write("\r\(Self.bar(share, columns: width)) \(percent)  \(text)\u{1B}[K")
    }

    /// A bar, filled to a share between 0 and 1.
    static func bar(_ share: Double, columns: Int) -> String {
        let filled = Int(min(1, max(0, share)) * Double(columns))
        return String(repeating: "█", count: filled) + String(repeating: "░", count: columns - filled)
    }

    /// Takes the line away.
    func clear() {
        if output.isStyled { output.write("\r\u{1B}[K") }
    }
}
