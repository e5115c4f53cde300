import Foundation
package import WaybillCore
import WaybillTimeouts

/// How the shoppers of a rush are spread over time.
package enum ArrivalCurve: Hashable, Sendable {
    /// All at the opening, and fewer by half after each half-life; some within the very first second.
    case step(halfLife: Interval, length: Interval, atOnce: Share)
    /// A crowd that swells to its peak, at a share of the length, and ebbs away.
    case organic(length: Interval, peak: Share)
    /// As a file counted them: one count per row, each row as long as `row`.
    case replay(file: String, counts: [Int64], row: Interval)

    /// From the opening until the last one comes.
    package var length: Interval {
        switch self {
        case .step(_, let length, _), .organic(let length, _): length
        case .replay(_, let counts, let row):
            Interval(milliseconds: Int64(clamping: counts.count).multipliedReportingOverflow(by: row.milliseconds).0)
        }
    }

    /// The part of all shoppers that come in each of `count` cells of the same length.
    func weights(cells count: Int) -> [Double] {
        switch self {
        case .step(let halfLife, let length, let atOnce):
            let total = Double(max(1, length.milliseconds))
            let decay = total / Double(max(1, halfLife.milliseconds))
            let whole = 1 - exp2(-decay)
            let rest = 1 - atOnce.fraction
            return (0..<count).map { cell in
                let (from, to) = (Double(cell) / Double(count), Double(cell + 1) / Double(count))
                let falling = (exp2(-decay * from) - exp2(-decay * to)) / whole
                let second = min(1, 1_000 / total)
                let sudden = max(0, min(to, second) - from) / second
                return rest * falling + atOnce.fraction * sudden
            }
        case .organic(_, let peak):
            let top = min(max(peak.fraction, 0.01), 0.99)
            return (0..<count).map { cell in
                let place = (Double(cell) + 0.5) / Double(count)
                let angle = place < top ? place / top : (1 - place) / (1 - top)
                let wave = sin(angle * .pi / 2)
                return 0.12 + wave * wave
            }
        case .replay(_, let counts, _):
            guard !counts.isEmpty else { return Array(repeating: 1, count: count) }
            var weights = [Double](repeating: 0, count: count)
            for (row, value) in counts.enumerated() {
                // A row may be spread over several cells, or several rows fall into one.
                let from = Double(row) * Double(count) / Double(counts.count)
                let to = Double(row + 1) * Double(count) / Double(counts.count)
                var cell = Int(from)
                while cell < count, Double(cell) < to {
                    let overlap = min(to, Double(cell + 1)) - max(from, Double(cell))
                    weights[cell] += Double(value) * overlap / (to - from)
                    cell += 1
                }
            }
            return weights
        }
    }
}

/// When each shopper comes, in order: one number after another, so that millions need no memory.
struct Arrivals {
    private static let cellsMax = 20_000

    private let shoppers: Int
    private let cellLength: Double
    /// The part of all that has come at the end of each cell.
    private let sums: [Double]
    private var dice: SeededGenerator
    private var cell = 0
    private(set) var count = 0

    init(_ scenario: RushScenario) {
        shoppers = scenario.shoppers
        dice = SeededGenerator(seed: scenario.seed ^ 0xA55A_1357)
        let length = max(1, scenario.arrivals.length.milliseconds)
        // Cells of 10 ms: within one, shoppers are spread evenly.
        let cells = Int(min(Int64(Self.cellsMax), max(1, length / 10)))
        cellLength = Double(length) * 1_000 / Double(cells)
        var sum = 0.0
        let weights = scenario.arrivals.weights(cells: cells).map { weight in
            sum += max(0, weight)
            return sum
        }
        sums = sum > 0 ? weights.map { $0 / sum } : (1...cells).map { Double($0) / Double(cells) }
    }

    /// Microseconds after the opening at which the next one comes; nil: all have come.
    mutating func next() -> Int64? {
        guard count < shoppers else { return nil }
        // Each has a place of its own in the crowd and chance only within it: the times come sorted.
        let place = (Double(count) + Double(dice.below(1 << 20)) / Double(1 << 20)) / Double(shoppers)
        count += 1
        while cell < sums.count - 1, sums[cell] < place { cell += 1 }
        let before = cell == 0 ? 0 : sums[cell - 1]
        let width = sums[cell] - before
        let within = width > 0 ? min(1, max(0, (place - before) / width)) : 0
        return Int64((Double(cell) + within) * cellLength)
    }
}
