import WaybillCore

/// A rush in virtual time: the whole engine in process, on a real file, and a crowd of shoppers, all from one seed.
///
/// Time is simulated; what is decided is not. A request waits in the modelled line of ``ServiceQueue`` and is then
/// decided by the engine at the moment at which its write began. Decisions are made many at a time: nobody reacts to an
/// answer at once, so all that are answered before the first reaction can share a write.
package struct VirtualRush {
    /// Something that happens to the shop, and to all who wait for it.
    enum Event {
        case intent(shopper: Int, Shopper.Intent)
        case writeEnds(Int)
        case restock(Int)
        case crash(Int)
        case reopens
        /// Modules take what they can.
        case turn
        case tick
    }

    private struct Undecided {
        var request: ShopRequest
        var arrivedAt: Int64
        var beganAt: Int64
        var repliedAt: Int64
        /// The write in which it was, to be found again when the process dies in it.
        var write: Int
        var isLost = false
    }

    private static let decidedAtOnceMax = 1_024
    /// How often a page takes a fresh look at the stock.
    private static let pageMicroseconds: Int64 = 500_000
    /// How often modules have their turn during the opening.
    private static let turnMicroseconds: Int64 = 1_000_000
    private static let reaction = ScenarioLimits.reactionMin.milliseconds * 1_000
    /// Nobody reacts to an answer before this.
    private let reactionMin: Int64

    let scenario: RushScenario
    let shop: VirtualShop
    private let skew: ItemSkew
    private var arrivals: Arrivals
    private var nextArrival: Int64?
    private var events = EventQueue<Event>()
    private var shoppers: [Int: Shopper] = [:]
    private var line: ServiceQueue
    private var undecided: [Undecided] = []
    private var writes = 0
    private var isDown = false
    private var pages: [Int: (free: Int64, at: Int64)] = [:]
    private let end: Int64
    private(set) var recorder: RushRecorder
    private(set) var judge: RushJudge
    private var modules: [RushModule]
    private(set) var crowd = CrowdTally()

    /// - Parameter judged: whether every answer is compared with an independent model of the shipped workflow.
    package init(_ scenario: RushScenario, in shop: VirtualShop, judged: Bool = true) {
        self.scenario = scenario
        self.shop = shop
        skew = ItemSkew(scenario.goods)
        arrivals = Arrivals(scenario)
        line = ServiceQueue(scenario.server, selling: scenario.goods)
        end = scenario.length.milliseconds * 1_000
        reactionMin = scenario.reactionMin.milliseconds * 1_000
        recorder = RushRecorder(length: end, opening: scenario.openingMicroseconds)
        judge = RushJudge(scenario, isJudging: judged)
        modules = scenario.modules.map { RushModule($0) }
        nextArrival = arrivals.next()
        for (index, restock) in scenario.restocks.enumerated() {
            events.add(.restock(index), at: restock.after.milliseconds * 1_000)
        }
        for (index, crash) in scenario.crashes.at.enumerated() {
            events.add(.crash(index), at: crash.milliseconds * 1_000)
        }
        if !scenario.modules.isEmpty { events.add(.turn, at: Self.turnMicroseconds) }
        events.add(.tick, at: 0)
    }

    /// How much of the rush is over, from 0 to 1: by shoppers, then by time.
    package var progress: Double { Double(arrivals.count) / Double(max(1, scenario.shoppers)) }

    /// Lets the rush go on for so many events; false: it is over.
    package mutating func step(limit: Int) async throws -> Bool {
        for _ in 0..<limit {
            let due = min(events.nextAt ?? .max, nextArrival ?? .max)
            if let first = undecided.first, due >= first.repliedAt + reactionMin { try decide() }
            if let arrival = nextArrival, arrival <= events.nextAt ?? .max, arrival <= end {
                arrive(at: arrival)
                continue
            }
            guard let (at, event) = events.removeFirst(), at <= end else {
                if !undecided.isEmpty {
                    try decide()
                    continue
                }
                try finish()
                return false
            }
            switch event {
            case .turn: try await turn(at: at)
            case .crash: try await crash(at: at)
            case .intent, .writeEnds, .restock, .reopens, .tick: try happen(event, at: at)
            }
        }
        return true
    }

    private mutating func finish() throws {
        shop.pass(scenario.opensAt.advanced(by: scenario.length))
        judge.pass(to: end / 1_000)
        for index in modules.indices { modules[index].sees(try shop.owed(modules[index].name), at: end) }
        let books = try shop.books()
        judge.close(against: books)
        recorder.add(books, since: scenario.opensAt)
    }

    /// The report of a rush that is over; nil before.
    ///
    /// - Parameter serverKind: how the speed of the server is known, in words.
    package func report(serverKind: String = "modelled, as the scenario says") -> RushReport? {
        guard let books = judge.books else { return nil }
        let reported = modules.map { RushReport.Module($0, standsIn: shop.standsIn($0.name)) }
        return ReportBuilder(
            outcome: RushOutcome(
                scenario: scenario, time: "virtual", serverKind: serverKind,
                commandsPerSecond: scenario.server.perSecondMax, recorder: recorder, crowd: crowd, books: books,
                answersCompared: judge.answersCompared, differences: judge.differences, modules: reported)
        ).report()
    }

    /// Everything that was asked, in order: what a failed run is shrunk from.
    package var script: [ScriptStep] { judge.script }

    // MARK: Events

    private mutating func happen(_ event: Event, at now: Int64) throws {
        switch event {
        case .intent(let number, let intent):
            guard shoppers[number] != nil else { return }
            shoppers[number]?.underWay -= 1
            switch intent {
            case .look: try look(number, at: now)
            case .send(let request): try send(request, at: now)
            }
            forget(number)
        case .writeEnds(let write):
            guard write == writes, line.isWriting else { return }
            line.endWrite()
            try beginWrite(at: now)
        case .restock(let index):
            try decide()
            let restock = scenario.restocks[index]
            let moment = moment(now)
            judge.pass(to: now / 1_000)
            try shop.receive(restock.item, restock.units, moment)
            judge.receive(restock)
        case .reopens:
            isDown = false
            try beginWrite(at: now)
        case .tick: tick(at: now)
        case .turn, .crash: break
        }
    }

    private mutating func arrive(at now: Int64) {
        let number = arrivals.count
        var shopper = Shopper(number, in: scenario, skew: skew)
        recorder.record(at: now) { $0.shoppers += 1 }
        crowd.arrives(shopper)
        let plans = shopper.arrives(in: scenario)
        shoppers[number] = shopper
        plan(plans, of: number, at: now)
        forget(number)
        nextArrival = arrivals.next()
    }

    private mutating func plan(_ plans: [Shopper.Plan], of number: Int, at now: Int64) {
        for plan in plans {
            shoppers[number]?.underWay += 1
            events.add(.intent(shopper: number, plan.intent), at: now + plan.after)
        }
    }

    /// A shopper who waits for nothing is not remembered.
    private mutating func forget(_ number: Int) {
        if shoppers[number]?.underWay == 0 { shoppers[number] = nil }
    }

    private mutating func look(_ number: Int, at now: Int64) throws {
        guard let item = shoppers[number]?.item else { return }
        recorder.record(at: now) { $0.looks += 1 }
        var free: Int64?
        if let page = pages[item], now - page.at < Self.pageMicroseconds {
            free = page.free
        } else if !isDown {
            let fresh = try shop.free(item)
            pages[item] = (fresh, now)
            free = fresh
        }
        let plans = shoppers[number]?.sees(free: free, in: scenario) ?? []
        plan(plans, of: number, at: now)
    }

    private mutating func send(_ request: ShopRequest, at now: Int64) throws {
        recorder.record(at: now) { $0.requests += 1 }
        // Whoever sends waits for an answer.
        shoppers[request.shopper]?.underWay += 1
        if isDown { return hear(.unanswered, to: request, sentAt: now, at: now + Self.reaction, isTimed: false) }
        if let reason = line.add(request, at: now) {
            return hear(.refused(reason), to: request, sentAt: now, at: now, isTimed: false)
        }
        let depth = line.depth
        recorder.record(at: now) { $0.depthMax = max($0.depthMax, depth) }
        try beginWrite(at: now)
    }

    private mutating func beginWrite(at now: Int64) throws {
        guard !isDown, let write = line.begin(at: now) else { return }
        writes += 1
        events.add(.writeEnds(writes), at: write.endsAt)
        for waiting in write.waiting {
            undecided.append(
                Undecided(
                    request: waiting.request, arrivedAt: waiting.arrivedAt, beganAt: write.beganAt,
                    repliedAt: write.endsAt, write: writes))
        }
        if undecided.count >= Self.decidedAtOnceMax { try decide() }
    }

    /// What waits is lost. The write at hand is on disk or not, and nobody is told: here it is, so that each who asks
    /// again must be recognised.
    private mutating func crash(at now: Int64) async throws {
        guard !isDown else { return }
        let wasWriting = line.isWriting
        let lost = line.die()
        for index in undecided.indices where wasWriting && undecided[index].write == writes {
            undecided[index].isLost = true
            undecided[index].repliedAt = now + Self.reaction
        }
        try decide()
        for request in lost { hear(.unanswered, to: request, sentAt: now, at: now + Self.reaction, isTimed: false) }
        try await shop.restart()
        judge.restart(at: now / 1_000)
        isDown = true
        crowd.crashes.append(now)
        events.add(.reopens, at: now + scenario.crashes.outage.milliseconds * 1_000)
    }

    /// Each module takes what its pace allows of what is committed. After the opening turns are longer.
    private mutating func turn(at now: Int64) async throws {
        let pause = now < scenario.openingMicroseconds ? 0 : recorder.whole.cellMicroseconds / 8
        let next = now + max(Self.turnMicroseconds, pause)
        if next <= end { events.add(.turn, at: next) }
        if isDown { return }
        try decide()
        judge.pass(to: now / 1_000)
        shop.pass(moment(now))
        for index in modules.indices {
            let (name, allowed) = (modules[index].name, modules[index].allowance(at: now))
            let count = allowed > 0 ? try await shop.work(name, allowed) : 0
            let isBehind = count == allowed
            modules[index].took(count, of: allowed, left: isBehind ? try shop.owed(name) : 0, at: now)
        }
    }

    /// The end of a cell of time: what is counted at moments, and not by what happens.
    private mutating func tick(at now: Int64) {
        let lags = modules.indices.map { modules[$0].takeLagPeak() }
        recorder.record(at: now) { $0.see(lags: lags) }
        let length =
            now < scenario.openingMicroseconds
            ? recorder.opening.cellMicroseconds
            : recorder.whole.cellMicroseconds
        if now + length <= end { events.add(.tick, at: now + length) }
    }

    // MARK: Answers

    private mutating func decide() throws {
        guard !undecided.isEmpty else { return }
        let batch = undecided
        undecided.removeAll(keepingCapacity: true)
        let requests = batch.map { TimedRequest($0.request, at: moment($0.beganAt)) }
        let answers = try shop.decide(requests)
        for (index, asked) in batch.enumerated() {
            let answer = index < answers.count ? answers[index] : .refused(.other("no_answer"))
            judge.take(answer, to: asked.request, at: asked.beganAt / 1_000)
            hear(
                asked.isLost ? .unanswered : answer, to: asked.request, sentAt: asked.arrivedAt, at: asked.repliedAt,
                isTimed: !asked.isLost)
        }
    }

    private mutating func hear(
        _ answer: ShopAnswer, to request: ShopRequest, sentAt: Int64, at now: Int64, isTimed: Bool = true
    ) {
        recorder.answer(answer, to: request, sentAt: sentAt, repliedAt: now, isTimed: isTimed)
        crowd.hears(answer, to: request)
        let plans = shoppers[request.shopper]?.hears(answer, to: request, in: scenario) ?? []
        plan(plans, of: request.shopper, at: now)
        shoppers[request.shopper]?.underWay -= 1
        forget(request.shopper)
    }

    private func moment(_ microseconds: Int64) -> Moment {
        scenario.opensAt.advanced(by: Interval(milliseconds: microseconds / 1_000))
    }
}

extension RushScenario {
    /// The first part of a rush, which is shown larger: until most have come, at most two minutes.
    var openingMicroseconds: Int64 {
        min(length.milliseconds, max(10_000, min(arrivals.length.milliseconds, 120_000))) * 1_000
    }

    /// The soonest that anybody does something because of an answer; not more than ``ScenarioLimits/reactionMax``,
    /// because pages show the stock as of the last write.
    var reactionMin: Interval {
        var soonest = ScenarioLimits.reactionMax
        if retries.share.millionths > 0, retries.times > 0 {
            soonest = min(soonest, Interval(milliseconds: retries.after.milliseconds / 2))
        }
        for method in payments.methods { soonest = min(soonest, Interval(milliseconds: method.fastest)) }
        if cancels.millionths > 0 { soonest = min(soonest, Shopper.cancelsAfterMin) }
        return max(soonest, ScenarioLimits.reactionMin)
    }
}
