/// The charts of one report.
struct CourseCharts {
    private let report: RushReport

    init(_ report: RushReport) { self.report = report }

    private var marks: [Chart.Mark] {
        report.crashes.map { Chart.Mark(milliseconds: Double($0), name: "server killed") }
    }

    /// What a shop looks at in the first minutes.
    var opening: [Chart] {
        let course = report.opening
        let first = [
            arrivals(course), decisions(course), stock(course), payments(course), latency(course), depth(course),
        ]
        // In real time a rush ends with its opening, and nothing more is drawn.
        return report.whole.span > course.span ? first : first + [timeouts(course), lags(course)]
    }

    /// What matters until the last order is paid or closed.
    var whole: [Chart] {
        [stock(report.whole), payments(report.whole), timeouts(report.whole), lags(report.whole)]
    }

    private func arrivals(_ course: RushReport.Course) -> Chart {
        Chart(
            title: "The crowd", note: "How many come, look and press the button, per second.", unit: .perSecond,
            series: [
                course.series("page views", .grey, .area, course.looks),
                course.series("requests", .amber, .line, course.requests),
                course.series("shoppers", .blue, .line, course.shoppers),
            ], spanMilliseconds: course.span, marks: marks)
    }

    private func decisions(_ course: RushReport.Course) -> Chart {
        var series = [course.series("accepted", .green, .bars, course.accepted)]
        for (index, refused) in course.refused.enumerated() {
            let tone: [Chart.Tone] = [.red, .amber, .violet, .pink, .teal, .blue]
            series.append(course.series(refused.title, tone[index % tone.count], .bars, refused.values))
        }
        if course.unanswered.contains(where: { $0 > 0 }) {
            series.append(course.series("not answered", .grey, .bars, course.unanswered))
        }
        return Chart(
            title: "Accepted and refused", note: "What the shop said, per second; refusals by their reason.",
            unit: .perSecond, series: series, spanMilliseconds: course.span, marks: marks, isStacked: true)
    }

    private func latency(_ course: RushReport.Course) -> Chart {
        func line(_ name: String, _ tone: Chart.Tone, _ values: [Int64?]) -> Chart.Series {
            Chart.Series(
                name: name, tone: tone, kind: .line, cellMilliseconds: course.cellMilliseconds,
                values: values.map { $0.map(Double.init) })
        }
        return Chart(
            title: "How long an answer took", note: "From the press of the button until the answer was durable.",
            unit: .microseconds,
            series: [
                line("99.9%", .red, course.p999), line("99%", .amber, course.p99), line("half", .blue, course.p50),
            ], spanMilliseconds: course.span, marks: marks)
    }

    private func depth(_ course: RushReport.Course) -> Chart {
        Chart(
            title: "In line", note: "The most requests that waited for the writer at one time.", unit: .count,
            series: [
                Chart.Series(
                    name: "waiting requests", tone: .violet, kind: .area, cellMilliseconds: course.cellMilliseconds,
                    values: course.depth.map(Double.init))
            ], spanMilliseconds: course.span, marks: marks)
    }

    private func stock(_ course: RushReport.Course) -> Chart {
        Chart(
            title: "Stock left", note: "Units that nobody has; what is not paid in time comes back.", unit: .count,
            series: [
                Chart.Series(
                    name: "free units", tone: .teal, kind: .area, cellMilliseconds: course.cellMilliseconds,
                    values: course.carried(course.stockLeft),
                    start: Double(report.scenario.units) * Double(report.scenario.items))
            ], spanMilliseconds: course.span, marks: marks)
    }

    private func payments(_ course: RushReport.Course) -> Chart {
        Chart(
            title: "Orders and payments", note: "Per second. Payments follow as slowly as people pay.",
            unit: .perSecond,
            series: [
                course.series("orders placed", .green, .line, course.accepted),
                course.series("payments", .blue, .area, course.paid),
            ], spanMilliseconds: course.span, marks: marks)
    }

    private func timeouts(_ course: RushReport.Course) -> Chart {
        Chart(
            title: "Unpaid orders", note: "When a quarter of an hour was over, and when the order was closed.",
            unit: .count,
            series: [
                Chart.Series(
                    name: "closed", tone: .violet, kind: .bars, cellMilliseconds: course.cellMilliseconds,
                    values: course.fired.map(Double.init)),
                Chart.Series(
                    name: "due", tone: .amber, kind: .line, cellMilliseconds: course.cellMilliseconds,
                    values: course.due.map(Double.init)),
            ], spanMilliseconds: course.span, marks: marks)
    }

    private func lags(_ course: RushReport.Course) -> Chart {
        Chart(
            title: "Modules behind",
            note: "Messages that each had still to take, at the pace that the scenario gives it.",
            unit: .count,
            series: course.lags.enumerated().map { index, lag in
                Chart.Series(
                    name: lag.title, tone: .numbered(index), kind: .line, cellMilliseconds: course.cellMilliseconds,
                    // On the real clock it is looked at less often than there are cells.
                    values: course.carried(lag.values.map { $0.map { Int64($0) } }))
            }, spanMilliseconds: course.span, marks: marks)
    }
}

extension RushReport.Course {
    /// Milliseconds from the opening to its end.
    var span: Double { cellMilliseconds * Double(shoppers.count) }

    /// Counts as a rate per second.
    func series(
        _ name: String, _ tone: Chart.Tone, _ kind: Chart.Series.Kind, _ values: some Sequence<Int?>
    ) -> Chart.Series {
        Chart.Series(
            name: name, tone: tone, kind: kind, cellMilliseconds: cellMilliseconds,
            values: values.map { $0.map { Double($0) / (cellMilliseconds / 1_000) } })
    }

    func series(
        _ name: String, _ tone: Chart.Tone, _ kind: Chart.Series.Kind, _ values: [Int]
    ) -> Chart.Series {
        series(name, tone, kind, values.map { Optional($0) })
    }

    /// Where nothing is noted, what was noted last still holds.
    func carried(_ values: [Int64?]) -> [Double?] {
        var last: Double?
        return values.map { value in
            if let value { last = Double(value) }
            return last
        }
    }
}
