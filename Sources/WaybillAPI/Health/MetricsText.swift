import WaybillBroker
import WaybillCore

/// Lines of Prometheus' text form, or of OpenMetrics.
struct MetricsText {
    enum Form {
        case prometheus, openMetrics

        var contentType: String {
            switch self {
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    /// Names and values that tell apart what a metric counts.
    typealias Labels = [(name: String, value: String)]

    private let form: Form
    private var text = ""

    init(_ form: Form) { self.form = form }

    /// All lines.
    var bytes: [UInt8] {
        switch form {
        case .prometheus: Array(text.utf8)
        case .openMetrics: Array(text.utf8) + Array("# EOF\n".utf8)
        }
    }

    /// One metric with its lines; nothing, when it has none.
    mutating func write(_ metric: Metric, _ values: [(labels: Labels, value: String)]) {
        guard !values.isEmpty else { return }
        head(metric)
        for (labels, value) in values { line(metric.rawValue, labels, value) }
    }

    mutating func write(_ metric: Metric, _ value: String) { write(metric, [([], value)]) }

    mutating func write(_ metric: Metric, _ value: Int64) { write(metric, "\(value)") }

    mutating func write(_ metric: Metric, _ flag: Bool) { write(metric, flag ? "1" : "0") }

    /// - Parameter scale: by which bounds and sum are divided.
    mutating func write(_ metric: Metric, _ histograms: [(labels: Labels, buckets: Buckets)], scale: Double) {
        guard !histograms.isEmpty else { return }
        head(metric)
        let name = metric.rawValue
        for (labels, buckets) in histograms {
            for (bound, count) in buckets.cumulative {
                let le = bound.map { "\(Double($0) / scale)" } ?? "+Inf"
                line("\(name)_bucket", labels + [("le", le)], "\(count)")
            }
            line("\(name)_sum", labels, "\(Double(buckets.sum) / scale)")
            line("\(name)_count", labels, "\(buckets.count)")
        }
    }

    private mutating func head(_ metric: Metric) {
        var name = metric.rawValue
        if form == .openMetrics, metric.kind == .counter, name.hasSuffix("_total") { name.removeLast(6) }
        text += "# HELP \(name) \(metric.help)\n# TYPE \(name) \(metric.kind.rawValue)\n"
    }

    private mutating func line(_ name: String, _ labels: Labels, _ value: String) {
        let list = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        text += list.isEmpty ? "\(name) \(value)\n" : "\(name){\(list)} \(value)\n"
    }

    private static func escaped(_ label: String) -> String {
        label.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    static func seconds(_ interval: Interval) -> String { "\(Double(interval.milliseconds) / 1_000)" }
}
