/// Rows in aligned columns, made to fit the terminal by cutting the widest column.
///
/// A long table is written a thousand rows at a time, so that memory holds no more of it: later rows may then make a
/// column wider than it began.
struct TextTable {
    /// A title, and to which side its cells lean.
    struct Column {
        let title: String
        let isRightAligned: Bool

        init(_ title: String, isRightAligned: Bool = false) {
            self.title = title
            self.isRightAligned = isRightAligned
        }
    }

    private static let gap = "  "
    private static let columnColumnsMin = 8
    private static let rowsMax = 1_000

    private let columns: [Column]
    private var rows: [[String]] = []
    /// How wide the columns are that were written; nil: nothing was.
    private var written: [Int]?

    init(_ columns: [Column]) { self.columns = columns }

    var isEmpty: Bool { rows.isEmpty && written == nil }

    /// Adds a row; cells are made printable here.
    mutating func add(_ cells: [String]) {
        if rows.count == Self.rowsMax { write() }
        rows.append(cells.map(\.printable))
    }

    /// Writes title and rows. Only a terminal cuts cells: a pipe gets all of them.
    mutating func write(to output: Output = .standard) {
        let widths = widths(on: output)
        if written == nil {
            let title = line(columns.map(\.title), widths)
            output.line(Style.dim(title, on: output))
        }
        for row in rows { output.line(line(row, widths)) }
        rows.removeAll(keepingCapacity: true)
        written = widths
    }

    private func widths(on output: Output) -> [Int] {
        var widths = columns.enumerated().map { index, column in
            rows.reduce(max(column.title.columns, written?[index] ?? 0)) {
                max($0, index < $1.count ? $1[index].columns : 0)
            }
        }
        guard output.isTerminal else { return widths }
        let room = output.columns - Self.gap.count * (columns.count - 1)
        while widths.reduce(0, +) > room, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > Self.columnColumnsMin
        {
            widths[widest] -= 1
        }
        return widths
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var parts: [String] = []
        for (index, cell) in cells.enumerated() where index < widths.count {
            let cut = cell.truncated(toColumns: widths[index])
            let isLast = index == widths.count - 1 && !columns[index].isRightAligned
            let part = cut.padded(toColumns: widths[index], isRightAligned: columns[index].isRightAligned)
            parts.append(isLast ? cut : part)
        }
        return parts.joined(separator: Self.gap)
    }
}
