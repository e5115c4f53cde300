/// A chart over time: what it shows, before it is drawn.
struct Chart {
    /// A colour of the page's palette, by what it stands for.
    enum Tone: String {
        case blue, teal, amber, red, violet, grey, pink, green

        /// The n-th of those that are told apart most easily.
        static func numbered(_ index: Int) -> Tone {
            let all: [Tone] = [.blue, .amber, .violet, .teal, .pink, .red, .grey, .green]
            return all[index % all.count]
        }
    }

    struct Series {
        enum Kind { case line, area, bars }

        var name: String
        var tone: Tone
        var kind: Kind
        var cellMilliseconds: Double
        /// One per cell; nil: nothing is known.
        var values: [Double?]
        /// The value at the very beginning, where it is known.
        var start: Double?
    }

    /// What the values are.
    enum Unit {
        case count
        case perSecond
        case microseconds
    }

    /// A moment that matters: the server died.
    struct Mark {
        var milliseconds: Double
        var name: String
    }

    var title: String
    /// One sentence on how to read it.
    var note: String
    var unit: Unit
    var series: [Series]
    var spanMilliseconds: Double
    var marks: [Mark] = []
    /// Bars stand on each other; else each stands on the axis.
    var isStacked = false

    /// The largest value, or the largest sum where bars stand on each other.
    var valueMax: Double {
        let bars = series.filter { $0.kind == .bars }
        var most = 0.0
        if isStacked, let count = bars.map(\.values.count).max() {
            for cell in 0..<count {
                most = max(most, bars.reduce(0) { $0 + ($1.values.count > cell ? $1.values[cell] ?? 0 : 0) })
            }
        }
        for one in series where !isStacked || one.kind != .bars {
            for value in one.values + [one.start] { most = max(most, value ?? 0) }
        }
        return most.isFinite ? most : 0
    }

    var isEmpty: Bool { series.allSatisfy { $0.start == nil && $0.values.allSatisfy { ($0 ?? 0) == 0 } } }
}

/// Round numbers along an axis.
struct Axis {
    let top: Double
    let ticks: [Double]

    /// From 0 to at least `most`, in up to five steps of 1, 2 or 5 times a power of ten.
    init(upTo most: Double, wholeOnly: Bool = true) {
        guard most > 0, most.isFinite else {
            top = 1
            ticks = [0, 1]
            return
        }
        var power = 1.0
        while power * 10 <= most { power *= 10 }
        while power > most, !wholeOnly { power /= 10 }
        let steps = [0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5].map { $0 * power }
            .filter { !wholeOnly || $0 == $0.rounded() && $0 >= 1 }
        let step = steps.first { most / $0 <= 4.6 } ?? power
        top = (most / step).rounded(.up) * step
        var ticks: [Double] = []
        var value = 0.0
        while value <= top + step / 2, ticks.count < 12 {
            ticks.append(value)
            value += step
        }
        self.ticks = ticks
    }

    /// Milliseconds from 0 to `span`, at times that a clock shows.
    static func times(upTo span: Double) -> [Double] {
        let seconds: [Double] = [
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400,
        ]
        let step = (seconds.first { span / ($0 * 1_000) <= 6.5 } ?? 86_400 * 2) * 1_000
        var ticks: [Double] = []
        var value = 0.0
        while value <= span, ticks.count < 12 {
            ticks.append(value)
            value += step
        }
        return ticks
    }
}
