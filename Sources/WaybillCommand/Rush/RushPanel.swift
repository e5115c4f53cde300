import FlashSale

/// The live view of a rush in real time: drawn over and over on a terminal, a line per tenth elsewhere.
struct RushPanel {
    private static let columnsMin = 64
    private static let sparks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    private let title: String
    private let output = Output.error
    /// How many lines stand on the terminal already.
    private var height = 0
    private var tenths = 0

    init(title: String) { self.title = title }

    mutating func show(_ glance: RealRush.Glance) {
        guard output.isStyled, output.columns >= Self.columnsMin else { return showTenth(glance) }
        let lines = lines(of: glance)
        let up = height > 0 ? "\u{1B}[\(height)A" : ""
        output.write(up + lines.map { $0 + "\u{1B}[K\n" }.joined())
        height = lines.count
    }

    /// Takes the view away: the report follows.
    mutating func finish() {
        guard height > 0 else { return }
        output.write("\u{1B}[\(height)A\u{1B}[J")
        height = 0
    }

    private mutating func showTenth(_ glance: RealRush.Glance) {
        let tenth = Int(glance.progress * 10)
        guard tenth > tenths else { return }
        tenths = tenth
        output.line(
            "\(tenth * 10)%  \(grouped(glance.shoppers)) shoppers, \(grouped(glance.requests)) requests, "
                + "\(grouped(glance.accepted)) orders, \(grouped(glance.refused)) refused, \(grouped(glance.inLine)) "
                + "in line")
    }

    private func lines(of glance: RealRush.Glance) -> [String] {
        func foot(_ name: String, _ text: String) -> String {
            Style.dim("   " + name.padded(toColumns: 12), on: output) + text
        }
        let bar = ProgressLine.bar(glance.progress, columns: 32)
        let state = glance.isDown ? Style.red("server killed", on: output) : Style.green("open", on: output)
        let placed = Style.green(grouped(glance.accepted), on: output)
        let refused = Style.red(grouped(glance.refused), on: output)
        return [
            Style.bold("   \(title.printable)".truncated(toColumns: output.columns - 1), on: output),
            "   \(glance.milliseconds.asClock)  \(bar)  \(state)",
            foot("requests", "\(grouped(glance.requests))  \(sparkline(glance.perSecond)) per second"),
            foot("orders", "\(placed) placed, \(grouped(glance.paid)) paid"),
            foot("refused", "\(refused), \(grouped(glance.unanswered)) unanswered"),
            foot("answers", "half within \(glance.p50.asDelay), 99% within \(glance.p99.asDelay)"),
            foot("in line", grouped(glance.inLine)),
        ]
    }

    private func sparkline(_ values: [Int]) -> String {
        let most = max(1, values.max() ?? 1)
        return String(values.map { Self.sparks[min(7, $0 * 8 / (most + 1))] })
    }
}
