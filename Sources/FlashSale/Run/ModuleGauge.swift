import WaybillCore

/// How far a module is behind in virtual time: messages come in as orders are written, and leave at the module's pace
/// unless it is down.
struct ModuleGauge {
    let module: RushScenario.Module
    private var waiting = 0.0
    private var moment: Int64 = 0
    private(set) var lagMax = 0
    private(set) var taken = 0
    /// When it had caught up after it had been furthest behind; microseconds.
    private(set) var drainedAt: Int64 = 0
    private var isCatchingUp = false

    init(_ module: RushScenario.Module) { self.module = module }

    var lag: Int { Int(waiting.rounded(.up)) }

    mutating func add(_ messages: Int, at now: Int64) {
        advance(to: now)
        waiting += Double(messages)
        guard lag > lagMax else { return }
        lagMax = lag
        isCatchingUp = true
    }

    mutating func advance(to now: Int64) {
        guard now > moment else { return }
        var working = now - moment
        if let down = module.down {
            let from = max(moment, down.from.milliseconds * 1_000)
            let to = min(now, (down.from.milliseconds + down.length.milliseconds) * 1_000)
            working -= max(0, to - from)
        }
        let done = min(waiting, Double(working) * Double(module.perSecond) / 1e6)
        if isCatchingUp, done == waiting {
            drainedAt = now - max(0, working - Int64(waiting / Double(module.perSecond) * 1e6))
            isCatchingUp = false
        }
        taken += Int(done)
        waiting -= done
        moment = now
    }
}
