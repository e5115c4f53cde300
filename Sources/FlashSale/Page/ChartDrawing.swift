import Foundation

/// Draws a chart as SVG: no script, colours from the page's palette.
struct ChartDrawing {
    private static let width = 520.0
    private static let height = 216.0
    private static let left = 50.0
    private static let right = 12.0
    private static let top = 12.0
    private static let bottom = 26.0

    let chart: Chart
    private let axis: Axis
    private let span: Double

    init(_ chart: Chart) {
        self.chart = chart
        axis = Axis(upTo: chart.valueMax, wholeOnly: chart.unit != .perSecond)
        span = max(1, chart.spanMilliseconds)
    }

    private var plotWidth: Double { Self.width - Self.left - Self.right }
    private var plotHeight: Double { Self.height - Self.top - Self.bottom }
    private func x(_ milliseconds: Double) -> Double {
        Self.left + min(1, max(0, milliseconds / span)) * plotWidth
    }
    private func y(_ value: Double) -> Double {
        Self.top + (1 - min(1, max(0, value / axis.top))) * plotHeight
    }

    /// The SVG element.
    func svg() -> String {
        let label = Markup.escaped("\(chart.title): \(chart.series.map(\.name).joined(separator: ", "))")
        var svg = "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" aria-label=\"\(label)\">"
        svg += grid()
        var floor: [Double] = []
        for series in chart.series {
            switch series.kind {
            case .bars: svg += bars(series, on: &floor)
            case .area: svg += area(series)
            case .line: svg += line(series)
            }
        }
        svg += marks()
        return svg + "</svg>"
    }

    private func grid() -> String {
        var svg = ""
        for tick in axis.ticks {
            let place = number(y(tick))
            svg += "<line class=\"grid\" x1=\"\(number(Self.left))\" x2=\"\(number(Self.width - Self.right))\" "
            svg += "y1=\"\(place)\" y2=\"\(place)\"/>"
            svg += "<text class=\"tick end\" x=\"\(number(Self.left - 7))\" y=\"\(number(y(tick) + 4))\">"
            svg += Markup.escaped(chart.unit.label(tick)) + "</text>"
        }
        for tick in Axis.times(upTo: span) {
            svg += "<text class=\"tick middle\" x=\"\(number(x(tick)))\" y=\"\(number(Self.height - 7))\">"
            svg += Int64(tick).asClock + "</text>"
        }
        return svg
    }

    private func bars(_ series: Chart.Series, on floor: inout [Double]) -> String {
        var path = ""
        if floor.count < series.values.count {
            floor += Array(repeating: 0, count: series.values.count - floor.count)
        }
        let cell = series.cellMilliseconds
        // Bars touch where there is no room for a gap.
        let gap = cell / span * plotWidth > 3 ? 0.8 : 0.0
        for (index, value) in series.values.enumerated() {
            guard let value, value > 0, Double(index) * cell < span else { continue }
            let base = chart.isStacked ? floor[index] : 0
            let (from, to) = (x(Double(index) * cell), x(Double(index + 1) * cell) - gap)
            path += "M\(number(from)) \(number(y(base)))V\(number(y(base + value)))H\(number(max(to, from + 0.6)))"
            path += "V\(number(y(base)))Z"
            floor[index] = base + value
        }
        return path.isEmpty ? "" : "<path class=\"fill \(series.tone.rawValue)\" d=\"\(path)\"/>"
    }

    /// A line through the middles of the cells, broken where nothing is known.
    private func points(_ series: Chart.Series) -> [[(x: Double, y: Double)]] {
        var runs: [[(x: Double, y: Double)]] = [series.start.map { [(x(0), y($0))] } ?? []]
        for (index, value) in series.values.enumerated() {
            let at = (Double(index) + 0.5) * series.cellMilliseconds
            guard at <= span else { break }
            if let value {
                runs[runs.count - 1].append((x(at), y(value)))
            } else if !runs[runs.count - 1].isEmpty {
                runs.append([])
            }
        }
        return runs.filter { !$0.isEmpty }
    }

    private func line(_ series: Chart.Series) -> String {
        var path = ""
        var dots = ""
        for run in points(series) {
            guard run.count > 1 else {
                // A single point is no line.
                for point in run {
                    dots += "<circle class=\"fill \(series.tone.rawValue)\" cx=\"\(number(point.x))\" "
                    dots += "cy=\"\(number(point.y))\" r=\"1.8\"/>"
                }
                continue
            }
            path += trace(run)
        }
        return (path.isEmpty ? "" : "<path class=\"line \(series.tone.rawValue)\" d=\"\(path)\"/>") + dots
    }

    private func area(_ series: Chart.Series) -> String {
        var path = ""
        for run in points(series) {
            guard let first = run.first, let last = run.last else { continue }
            path += trace(run) + "L\(number(last.x)) \(number(y(0)))L\(number(first.x)) \(number(y(0)))Z"
        }
        return path.isEmpty ? "" : "<path class=\"area \(series.tone.rawValue)\" d=\"\(path)\"/>" + line(series)
    }

    private func trace(_ run: [(x: Double, y: Double)]) -> String {
        run.enumerated().map { "\($0 == 0 ? "M" : "L")\(number($1.x)) \(number($1.y))" }.joined()
    }

    private func marks() -> String {
        let marks = chart.marks.filter { $0.milliseconds <= span }.sorted { $0.milliseconds < $1.milliseconds }
        return marks.enumerated().map { index, mark in
            // Two names would lie on each other, or under the next line: of marks that are near the last is named.
            let isNamed = index + 1 == marks.count || x(marks[index + 1].milliseconds) - x(mark.milliseconds) > 84
            let place = number(x(mark.milliseconds))
            let isLate = x(mark.milliseconds) > Self.width - 90
            let anchor = isLate ? "tick end mark" : "tick mark"
            return "<line class=\"mark\" x1=\"\(place)\" x2=\"\(place)\" y1=\"\(number(Self.top))\" "
                + "y2=\"\(number(Self.height - Self.bottom))\"/><text class=\"\(anchor)\" "
                + "x=\"\(number(x(mark.milliseconds) + (isLate ? -5 : 5)))\" y=\"\(number(Self.top + 10))\">"
                + (isNamed ? Markup.escaped(mark.name) : "") + "</text>"
        }.joined()
    }

    /// A coordinate with one digit after the point.
    private func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }
}

extension Chart.Unit {
    /// A tick's label: short.
    func label(_ value: Double) -> String {
        switch self {
        case .count, .perSecond:
            if value >= 1e9 { return (value / 1e9).plain + "G" }
            if value >= 1e6 { return (value / 1e6).plain + "M" }
            if value >= 10_000 { return (value / 1e3).plain + "k" }
            return value == value.rounded() ? Int(value).grouped : String(format: "%.2g", value)
        case .microseconds:
            if value == 0 { return "0" }
            if value >= 1e6 { return (value / 1e6).plain + " s" }
            return value >= 1_000 ? (value / 1e3).plain + " ms" : "\(Int(value)) us"
        }
    }
}
