import WaybillCore

/// What the same crowd would mean in other sizes: a line before one server that works at its measured rate.
///
/// The crowd's requests are those of the opening, cell by cell, so that looks, retries and bots are in them.
struct CapacityForecast {
    private static let sizes: [Double] = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64]
    /// A rate is never used up to its last command: the disk has bad moments too.
    private static let headroom = 0.8
    /// The payment provider is one caller, and has what it has in line when everybody pays at once.
    private static let paymentsHeadroom = 2.0
    private static let perCallerMin = 16

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

    /// Within the patience of those who come, and nobody is turned away by a limit.
    private func survives(_ wait: Wait) -> Bool {
        let forHottest = max(0, wait.depth - Double(scenario.server.writeRequestsMax)) * hottestShare
        return wait.seconds <= patience && wait.depth <= Double(scenario.server.intakeDepthMax)
            && forHottest <= Double(scenario.server.perItemMax)
    }

    private var rate: Double { max(1, commandsPerSecond * Self.headroom) }
    private var patience: Double { Double(scenario.server.patience.milliseconds) / 1_000 }
    private var hottestShare: Double { opening.requests.isEmpty ? 1 : ItemSkew(scenario.goods).firstShare }

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
        let limits = limits()
        return .init(
            peakPerSecond: Int(clamped: peak), rows: rows, survivesTimes: most, limits: limits,
            advice: advice(survives: most, limits))
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

    // MARK: Advice

    /// Whoever is let in is answered in time, and no crowd takes the places of the others.
    private func limits() -> RushReport.Capacity.Limits {
        let depth = max(1, Int(clamped: rate * patience))
        let perItem = scenario.goods.count == 1 ? depth : max(1, hottestShare > 0.5 ? depth / 2 : depth / 4)
        let paidMax = Double(opening.paid.max() ?? 0) / (opening.cellMilliseconds / 1_000)
        let payments = Int(clamped: min(paidMax, rate) * patience * Self.paymentsHeadroom)
        return .init(
            intakeDepthMax: depth, intakeDepthPerSKUMax: perItem,
            intakeDepthPerCallerMax: max(Self.perCallerMin, min(depth, payments)))
    }

    private func advice(survives most: Double, _ limits: RushReport.Capacity.Limits) -> [String] {
        let shoppers = Int(clamped: Double(scenario.shoppers) * most)
        let wait = wait(times: 1)
        var advice = [
            "This server decides \(Int(clamped: commandsPerSecond).grouped) commands a second with full writes; a "
                + "fifth of that is kept in reserve. The crowd's peak was \(Int(clamped: peak).grouped) requests a "
                + "second"
                + (wait.depth < 1
                    ? ": nobody waits longer than for the write at hand."
                    : ", and then \(Int(clamped: wait.depth).grouped) are in line, the last for "
                        + "\(Int64(clamping: Int(clamped: wait.seconds * 1e6)).asDelay).")
        ]
        if most >= 1_000 {
            advice.append("A crowd a thousand times as large would still be answered within \(patience.seconds).")
        } else {
            let step = Int(clamped: peak * most)
            advice.append(
                "A crowd \(most.plain) times as large (\(shoppers.grouped) shoppers in the same curve, a step of "
                    + "\(step.grouped) requests a second) would still be answered within \(patience.seconds).")
        }
        advice.append(
            "Set intakeDepthMax to \(limits.intakeDepthMax.grouped): whoever is let in then is answered within "
                + "\(patience.seconds), and everybody else hears at once when to come back.")
        advice.append(perItem(limits))
        advice.append(
            "Set intakeDepthPerCallerMax to \(limits.intakeDepthPerCallerMax.grouped): no person has so many requests "
                + "in line, and a program that does not wait for answers has no more. The payment provider is one "
                + "caller, and its peak fits twice.")
        return advice
    }

    private func perItem(_ limits: RushReport.Capacity.Limits) -> String {
        let setting = "Set intakeDepthPerSKUMax to \(limits.intakeDepthPerSKUMax.grouped)"
        guard scenario.goods.count > 1 else { return "\(setting): there is one item, and it may have every place." }
        return "\(setting): the most wanted item draws \((hottestShare * 100).plain)% of the wishes, and must not keep "
            + "the others waiting."
    }
}

extension Int {
    /// The nearest number that there is: infinite and too large ones become the largest.
    init(clamped value: Double) {
        self = value.isNaN ? 0 : value >= 9e18 ? .max : value <= -9e18 ? .min : Int(value.rounded())
    }
}
