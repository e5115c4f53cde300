import Histogram
import Synchronization
package import Waybill
package import WaybillCore

/// A rush in real time. Shoppers come when they are due, whether or not others have been answered, and what they wait
/// is counted from the moment at which they were to press the button: a stall counts for all who came during it.
package final class RealRush {
    /// How the rush stands, for those who watch.
    package struct Glance: Sendable {
        package var progress: Double
        package var milliseconds: Int64
        package var shoppers: Int
        package var requests: Int
        package var accepted: Int
        package var refused: Int
        package var unanswered: Int
        package var paid: Int
        package var inLine: Int
        package var p50: Int64
        package var p99: Int64
        /// Requests in each of the last seconds.
        package var perSecond: [Int]
        package var isDown: Bool
    }

    private enum Event {
        case intent(shopper: Int, Shopper.Intent)
        case restock(Int)
        case kill
    }

    /// What has come back, from whichever thread.
    private enum Message: Sendable {
        case answer(ShopAnswer, ShopRequest, dueAt: Int64, at: Int64)
        case page(free: Int64?, shopper: Int, item: Int)
        case owed([Int]?, at: Int64)
        case reopened
    }

    /// Where answers wait for the one task that leads the rush.
    private final class Inbox: Sendable {
        private let messages = Mutex<[Message]>([])

        func add(_ message: Message) { messages.withLock { $0.append(message) } }

        func takeAll() -> [Message] {
            messages.withLock { messages in
                defer { messages.removeAll(keepingCapacity: true) }
                return messages
            }
        }
    }

    private static let tick: Int64 = 1_000
    private static let glanceEvery: Int64 = 100_000
    private static let owedEvery: Int64 = 500_000
    private static let pageMicroseconds: Int64 = 500_000

    private let scenario: RushScenario
    private let shop: LiveShop
    private let hurry: Int64
    private let end: Int64
    private let skew: ItemSkew
    private let clock = RushClock()
    private let inbox = Inbox()
    private var arrivals: Arrivals
    private var nextArrival: Int64?
    private var events = EventQueue<Event>()
    private var shoppers: [Int: Shopper] = [:]
    private var pages: [Int: (free: Int64?, at: Int64)] = [:]
    private var recorder: RushRecorder
    private var crowd = CrowdTally()
    private var inLine = 0
    private var isDown = false
    private var modules: [RushModule]
    private var isAsking = false
    private var lastSeconds: [Int: Int] = [:]
    private var acknowledged = Acknowledged()

    /// - Parameters:
    ///   - hurry: how many times as fast the crowd is: all its times are divided by it. The time to pay is not.
    ///   - tail: how long it goes on when the last shopper has come.
    package init(_ scenario: RushScenario, in shop: LiveShop, hurry: Int = 1, tail: Interval = .seconds(5)) {
        self.scenario = scenario
        self.shop = shop
        self.hurry = Int64(max(1, hurry))
        end = scenario.arrivals.length.milliseconds * 1_000 / self.hurry + tail.milliseconds * 1_000
        skew = ItemSkew(scenario.goods)
        arrivals = Arrivals(scenario)
        modules = scenario.modules.map { RushModule($0) }
        recorder = RushRecorder(length: end, opening: end)
    }

    /// Lets the crowd come, and returns when it is over and everybody is answered.
    ///
    /// - Parameter openedAt: the wall clock now.
    package func run(openedAt: Moment, watching watch: (Glance) -> Void = { _ in }) async {
        nextArrival = arrivals.next()
        for (index, restock) in scenario.restocks.enumerated() {
            events.add(.restock(index), at: restock.after.milliseconds * 1_000 / hurry)
        }
        for crash in scenario.crashes.at where shop.kill != nil {
            events.add(.kill, at: crash.milliseconds * 1_000 / hurry)
        }
        await withDiscardingTaskGroup { group in
            group.addTask { [shop] in await shop.work(openedAt) }
            var glancedAt: Int64 = 0
            var askedAt: Int64 = 0
            while true {
                let now = clock.microseconds
                take(inbox.takeAll())
                act(upTo: min(now, end), &group)
                if now - glancedAt >= Self.glanceEvery {
                    glancedAt = now
                    watch(glance(at: now))
                }
                if now - askedAt >= Self.owedEvery, !isAsking, !modules.isEmpty {
                    askedAt = now
                    isAsking = true
                    group.addTask { [shop, inbox, clock] in
                        inbox.add(.owed(await shop.owed(), at: clock.microseconds))
                    }
                }
                if now >= end, inLine == 0, !isDown { break }
                let next = min(events.nextAt ?? .max, (nextArrival ?? .max) / hurry, now + Self.tick)
                await clock.wait(until: max(next, now + 100))
            }
            group.cancelAll()
        }
        watch(glance(at: clock.microseconds))
    }

    // MARK: What is due

    private func act(upTo now: Int64, _ group: inout DiscardingTaskGroup) {
        while let arrival = nextArrival, arrival / hurry <= now {
            arrive(at: arrival / hurry)
            nextArrival = arrivals.next()
        }
        while let due = events.nextAt, due <= now, let (at, event) = events.removeFirst() {
            switch event {
            case .intent(let number, let intent):
                guard shoppers[number] != nil else { continue }
                shoppers[number]?.underWay -= 1
                switch intent {
                case .look: look(number, at: at, &group)
                case .send(let request): send(request, dueAt: at, &group)
                }
                forget(number)
            case .restock(let index):
                let restock = scenario.restocks[index]
                group.addTask { [shop] in await shop.restock(restock.item, restock.units, index) }
            case .kill:
                guard let kill = shop.kill, !isDown else { continue }
                isDown = true
                crowd.crashes.append(at)
                group.addTask { [inbox] in
                    await kill()
                    inbox.add(.reopened)
                }
            }
        }
    }

    private func arrive(at now: Int64) {
        let number = arrivals.count
        var shopper = Shopper(number, in: scenario, skew: skew)
        recorder.record(at: now) { $0.shoppers += 1 }
        crowd.arrives(shopper)
        let plans = shopper.arrives(in: scenario)
        shoppers[number] = shopper
        plan(plans, of: number, at: now)
        forget(number)
    }

    private func plan(_ plans: [Shopper.Plan], of number: Int, at now: Int64) {
        for plan in plans {
            shoppers[number]?.underWay += 1
            events.add(.intent(shopper: number, plan.intent), at: now + plan.after / hurry)
        }
    }

    private func forget(_ number: Int) {
        if shoppers[number]?.underWay == 0 { shoppers[number] = nil }
    }

    private func look(_ number: Int, at now: Int64, _ group: inout DiscardingTaskGroup) {
        guard let item = shoppers[number]?.item else { return }
        recorder.record(at: now) { $0.looks += 1 }
        shoppers[number]?.underWay += 1
        if let page = pages[item], now - page.at < Self.pageMicroseconds / hurry {
            return see(page.free, number)
        }
        group.addTask { [shop, inbox] in
            inbox.add(.page(free: await shop.free(item), shopper: number, item: item))
        }
    }

    private func see(_ free: Int64?, _ number: Int) {
        let plans = shoppers[number]?.sees(free: free, in: scenario) ?? []
        plan(plans, of: number, at: clock.microseconds)
        shoppers[number]?.underWay -= 1
        forget(number)
    }

    private func send(_ request: ShopRequest, dueAt: Int64, _ group: inout DiscardingTaskGroup) {
        inLine += 1
        lastSeconds[Int(dueAt / 1_000_000), default: 0] += 1
        let depth = inLine
        recorder.record(at: dueAt) { cell in
            cell.requests += 1
            cell.depthMax = max(cell.depthMax, depth)
        }
        shoppers[request.shopper]?.underWay += 1
        group.addTask { [shop, inbox, clock] in
            let answer = await shop.send(request)
            inbox.add(.answer(answer, request, dueAt: dueAt, at: clock.microseconds))
        }
    }

    // MARK: What has come back

    private func take(_ messages: [Message]) {
        for message in messages {
            switch message {
            case .answer(let answer, let request, let dueAt, let at):
                inLine -= 1
                recorder.answer(answer, to: request, sentAt: dueAt, repliedAt: at, isTimed: answer != .unanswered)
                crowd.hears(answer, to: request)
                acknowledged.take(answer, to: request)
                let plans = shoppers[request.shopper]?.hears(answer, to: request, in: scenario) ?? []
                plan(plans, of: request.shopper, at: at)
                shoppers[request.shopper]?.underWay -= 1
                forget(request.shopper)
            case .page(let free, let number, let item):
                pages[item] = (free, clock.microseconds)
                see(free, number)
            case .owed(let counts, let at):
                isAsking = false
                for (index, count) in (counts ?? []).enumerated() where modules.indices.contains(index) {
                    modules[index].sees(count, at: at)
                }
                let lags = modules.indices.map { modules[$0].takeLagPeak() }
                recorder.record(at: at) { $0.see(lags: lags) }
            case .reopened: isDown = false
            }
        }
    }

    private func glance(at now: Int64) -> Glance {
        let total = recorder.total
        let second = Int(now / 1_000_000)
        return Glance(
            progress: min(1, Double(now) / Double(max(1, end))), milliseconds: now / 1_000, shoppers: total.shoppers,
            requests: total.requests, accepted: total.accepted, refused: total.refused.values.reduce(0, +),
            unanswered: total.unanswered, paid: total.paid, inLine: inLine,
            p50: Int64(clamping: recorder.latency.valueAtPercentile(50)),
            p99: Int64(clamping: recorder.latency.valueAtPercentile(99)),
            perSecond: (max(0, second - 40)...max(0, second)).map { lastSeconds[$0] ?? 0 }, isDown: isDown)
    }

    // MARK: The end

    /// The report, with the file of the shop beside what the shoppers were told.
    ///
    /// - Parameters:
    ///   - serverKind: how the speed of the server is known, in words.
    ///   - resources: what the shop took of the machine.
    package func report(
        from book: OrderBook, openedAt: Moment, commandsPerSecond: Double, serverKind: String,
        modules shelf: ModuleShelf = .readers, resources: RushReport.Resources? = nil
    ) throws -> RushReport {
        let books = try ShopBooks(book, of: scenario)
        var scenario = scenario
        scenario.opensAt = openedAt
        recorder.add(books, since: openedAt)
        let reported = try modules.map { module in
            let lags = try book.messages.lag(of: GroupName(module.name))
            var module = RushReport.Module(module, standsIn: shelf.standsIn(module.name))
            module.taken = lags.reduce(0) { $0 + Int(clamping: $1.finished) }
            module.lagAtEnd = lags.reduce(0) { $0 + Int(clamping: $1.messages) }
            module.lagMax = max(module.lagMax, module.lagAtEnd)
            return module
        }
        return ReportBuilder(
            outcome: RushOutcome(
                scenario: scenario, time: "real", serverKind: serverKind, commandsPerSecond: commandsPerSecond,
                recorder: recorder, crowd: crowd, books: books, acknowledgedOrders: acknowledged.count,
                hurry: Int(hurry), differences: try acknowledged.differences(from: book), modules: reported,
                resources: resources)
        ).report()
    }
}
