package import Waybill
package import WaybillCore

/// Lets the modules of a rush in real time work at their pace, each by itself.
package struct ModuleWork: Sendable {
    /// How often a module has its turn.
    private static let turn: Int64 = 50_000
    /// How long it rests when the shop does not let it work.
    private static let rest: Int64 = 500_000

    private let modules: [RushScenario.Module]
    private let book: OrderBook

    /// - Parameter hurry: how many times as fast the crowd is; outages follow it, the pace of a module does not.
    package init(_ modules: [RushScenario.Module], in book: OrderBook, hurry: Int) {
        self.modules = modules.map { $0.hurried(by: hurry) }
        self.book = book
    }

    /// Works until the task is cancelled.
    package func run(openedAt: Moment) async {
        let already = max(0, book.now.since(openedAt).milliseconds) * 1_000
        await withTaskGroup { group in
            for module in modules { group.addTask { await work(module, already: already) } }
        }
    }

    /// - Parameter already: microseconds from the opening until now: a shop that was killed goes on in the middle.
    private func work(_ module: RushScenario.Module, already: Int64) async {
        let clock = RushClock()
        var rushed = RushModule(module)
        _ = rushed.allowance(at: already)
        rushed.took(0, of: 1, left: 0, at: already)
        while !Task.isCancelled {
            let now = clock.microseconds
            let allowed = rushed.allowance(at: already + now)
            do {
                let count = allowed > 0 ? try await book.work(GroupName(module.name), messagesMax: allowed) : 0
                rushed.took(count, of: allowed, left: 0, at: already + now)
                await clock.wait(until: max(now + Self.turn, clock.microseconds))
            } catch {
                await clock.wait(until: now + Self.rest)
            }
        }
    }
}

extension RushScenario.Module {
    fileprivate func hurried(by hurry: Int) -> Self {
        guard let down else { return self }
        var hurried = self
        let times = Int64(max(1, hurry))
        hurried.down = Outage(
            from: Interval(milliseconds: down.from.milliseconds / times),
            length: Interval(milliseconds: down.length.milliseconds / times))
        return hurried
    }

    /// In one word, for a process of its own: `points:400:0:20000:180000`.
    package var word: String {
        let outage = down.map { ":\($0.from.milliseconds):\($0.length.milliseconds)" } ?? ""
        return "\(name):\(perSecond):\(fails.millionths)\(outage)"
    }

    /// Reads such a word; nil: it is none.
    package init?(word: String) {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3 || parts.count == 5, !parts[0].isEmpty else { return nil }
        let numbers = parts.dropFirst().compactMap { Int64($0) }
        guard numbers.count == parts.count - 1, numbers[0] > 0, numbers.allSatisfy({ (0...1 << 40).contains($0) })
        else { return nil }
        self.init(name: String(parts[0]), perSecond: numbers[0])
        fails = Share(UInt64(numbers[1]))
        if numbers.count == 4 {
            down = Outage(from: Interval(milliseconds: numbers[2]), length: Interval(milliseconds: numbers[3]))
        }
    }
}
