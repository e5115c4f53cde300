import WaybillCore

/// A module in a rush: how fast it works, when it is down, and how far it was behind after each of its turns.
struct RushModule {
    let module: RushScenario.Module
    /// Messages that it might take by now; what it has no use for is not saved up.
    private var budget = 0.0
    /// Up to when its time is counted; microseconds after the opening.
    private var moment: Int64 = 0
    private(set) var lag = 0
    private(set) var lagMax = 0
    private(set) var taken = 0
    /// When it had caught up after the last time that it was far behind; microseconds.
    private(set) var drainedAt: Int64?
    /// The most that waited since nothing did.
    private var lagMaxNow = 0
    /// The most that waited since it was drawn last.
    private var lagPeak = 0

    init(_ module: RushScenario.Module) { self.module = module }

    var name: String { module.name }

    /// How many messages it may take now.
    mutating func allowance(at now: Int64) -> Int {
        guard now > moment else { return 0 }
        budget += Double(uptime(from: moment, to: now)) * Double(module.perSecond) / 1e6
        moment = now
        return Int(budget)
    }

    /// It has taken so many of those that it might, and so many are left.
    mutating func took(_ count: Int, of allowed: Int, left: Int, at now: Int64) {
        budget = count < allowed ? 0 : budget - Double(count)
        taken += count
        sees(left, at: now)
    }

    /// So many wait for it.
    mutating func sees(_ waiting: Int, at now: Int64) {
        lag = waiting
        lagMax = max(lagMax, waiting)
        lagMaxNow = max(lagMaxNow, waiting)
        lagPeak = max(lagPeak, waiting)
        // A message or two now and then is not being behind.
        let isFar = lagMaxNow > 0 && lagMaxNow >= lagMax / 2
        if waiting == 0 {
            if isFar { drainedAt = now }
            lagMaxNow = 0
        } else if isFar {
            drainedAt = nil
        }
    }

    /// The most that waited since this was asked last, so that a chart shows a peak between two of its points.
    mutating func takeLagPeak() -> Int {
        defer { lagPeak = lag }
        return lagPeak
    }

    private func uptime(from: Int64, to: Int64) -> Int64 {
        guard let down = module.down else { return to - from }
        let start = max(from, down.from.milliseconds * 1_000)
        let end = min(to, (down.from.milliseconds + down.length.milliseconds) * 1_000)
        return to - from - max(0, end - start)
    }
}

extension RushReport.Module {
    init(_ rushed: RushModule, standsIn: Bool) {
        self.init(
            name: rushed.name, perSecond: rushed.module.perSecond, standsIn: standsIn, lagMax: rushed.lagMax,
            lagAtEnd: rushed.lag, taken: rushed.taken, drainedAt: rushed.drainedAt.map { $0 / 1_000 })
    }
}
