import WaybillCore

/// What the same crowd would mean in other sizes: a line before one server that works at its measured rate.
///
/// The crowd's requests are those of the opening, cell by cell, so that looks, retries and bots are in them.
struct CapacityForecast {
    private static let sizes: [Double] = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64]
    /// A rate is never used up to its last command: the disk has bad moments too.
    private static let headroom = 0.8

    let scenario: RushScenario
    let commandsPerSecond: Double
    let opening: RushReport.Course
    let totals: RushReport.Totals

    private struct Wait {
        var seconds: Double
        var depth: Double
    }

    /// The longest line and the longest wait, were the crowd so many times as large.
    private func wait(times: Double) -> Wait {
        let cell = opening.cellMilliseconds / 1_000
        var backlog = 0.0
        var worst = Wait(seconds: 0, depth: 0)
        for requests in opening.requests {
            backlog = max(0, backlog + Double(requests) * times - rate * cell)
            worst.depth = max(worst.depth, backlog)
        }
        worst.seconds = worst.depth / rate
        return worst
    }

    private func survives(_ wait: Wait) -> Bool {
        wait.seconds <= patience && wait.depth <= Double(scenario.server.intakeDepthMax)
    }

    private var rate: Double { max(1, commandsPerSecond * Self.headroom) }
    private var patience: Double { Double(scenario.server.patience.milliseconds) / 1_000 }

    private var peak: Double {
        Double(opening.requests.max() ?? 0) / (opening.cellMilliseconds / 1_000)
    }

    func capacity() -> RushReport.Capacity {
        let rows = Self.sizes.map { times in
            let wait = wait(times: times)
            return RushReport.Capacity.Row(
                times: times, peakPerSecond: Int(clamped: peak * times),
                waitMilliseconds: (wait.seconds * 1e3).rounded(),
                depth: Int(clamped: wait.depth),
                survives: survives(wait))
        }
        let most = mostTimes()
        return .init(
            peakPerSecond: Int(clamped: peak), rows: rows, survivesTimes: most, advice: advice(survives: most))
    }

    /// How many times as large the crowd may be, in steps of a tenth below ten, up to a thousand.
    private func mostTimes() -> Double {
        var low = 0.0
        var high = 1_000.0
        if survives(wait(times: high)) { return high }
        for _ in 0..<40 {
            let middle = (low + high) / 2
            if survives(wait(times: middle)) { low = middle } else { high = middle }
        }
        return low < 10 ? (low * 10).rounded(.down) / 10 : low.rounded(.down)
    }

    private func advice(survives most: Double) -> [String] {
        let depth = max(1, Int(clamped: rate * patience))
        let shoppers = Int(clamped: Double(scenario.shoppers) * most)
        var advice = [
            "This server decides \(Int(clamped: commandsPerSecond).grouped) commands a second with full writes; a "
                + "fifth of that is kept in reserve. The crowd's peak was \(Int(clamped: peak).grouped) requests a "
                + "second."
        ]
        if most >= 1_000 {
            advice.append("A crowd a thousand times as large would still be answered within \(patience.seconds).")
        } else {
            advice.append(
                "A crowd \(most.plain) times as large (\(shoppers.grouped) shoppers in the same curve) would still be "
                    + "answered within \(patience.seconds).")
        }
        advice.append(
            "Set the intake to \(depth.grouped) requests: whoever is let in then is answered within "
                + "\(patience.seconds), and everybody else hears at once when to come back.")
        let share = opening.requests.isEmpty ? 1 : hottestShare
        if share > 0.5, scenario.goods.count > 1 {
            advice.append(
                "\((share * 100).plain)% of the wishes are for one item: let one item hold at most "
                    + "\(max(1, depth / 2).grouped) places of the intake, so that the others are not kept waiting.")
        } else if scenario.goods.count > 1 {
            advice.append(
                "The most wanted item draws \((share * 100).plain)% of the wishes: a limit of "
                    + "\(max(1, depth / 4).grouped) places per item keeps it from filling the intake.")
        }
        let perCaller = max(4, scenario.bots.share.millionths > 0 ? min(16, depth / 1_000) : 16)
        advice.append(
            "A limit of \(perCaller) waiting requests per caller never touches a person, and stops a program that "
                + "presses the button without waiting.")
        return advice
    }

    private var hottestShare: Double {
        let skew = ItemSkew(scenario.goods)
        return skew.firstShare
    }
}

extension Int {
    /// The nearest number that there is: infinite and too large ones become the largest.
    init(clamped value: Double) {
        self = value.isNaN ? 0 : value >= 9e18 ? .max : value <= -9e18 ? .min : Int(value.rounded())
    }
}
