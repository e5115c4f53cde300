import WaybillCore

/// Makes a failing rush small enough to read: the shortest script that it finds that still fails.
///
/// Each try is a run of its own over a new shop. First everything after the failure goes, then groups of shoppers, then
/// single steps, as long as what is left still fails (Zeller and Hildebrandt, "Simplifying and Isolating
/// Failure-Inducing Input", 2002).
package struct ScriptShrinker {
    private static let triesMax = 600

    private let scenario: RushScenario
    private let open: () async throws -> VirtualShop
    private var tries = 0

    /// - Parameter open: makes a new shop, with whatever is wrong with it.
    package init(_ scenario: RushScenario, opening open: @escaping () async throws -> VirtualShop) {
        self.scenario = scenario
        self.open = open
    }

    /// The short script and what is wrong with it; nil: the script does not fail when it is run again.
    package mutating func shrink(_ script: [ScriptStep]) async throws -> (steps: [ScriptStep], failure: String)? {
        guard var failure = try await failure(of: script) else { return nil }
        var steps = Array(script.prefix(failure.steps))
        failure = try await self.failure(of: steps) ?? failure
        steps = try await without(groups: Self.groupedByShopper(steps), of: steps, &failure)
        steps = try await without(groups: steps.indices.map { [$0] }, of: steps, &failure)
        return (steps, failure.text)
    }

    private struct Failure {
        var text: String
        /// How many steps it took.
        var steps: Int
    }

    /// Runs a script in a new shop; the first thing that is wrong, or nil.
    private mutating func failure(of script: [ScriptStep]) async throws -> Failure? {
        tries += 1
        let shop = try await open()
        defer { shop.close() }
        var judge = RushJudge(scenario, isJudging: true)
        for (index, step) in script.enumerated() {
            let now = step.after.milliseconds
            let moment = scenario.opensAt.advanced(by: step.after)
            switch step {
            case .ask(let request, _):
                let answer = try shop.decide([TimedRequest(request, at: moment)]).first ?? .unanswered
                judge.take(answer, to: request, at: now)
            case .receive(let item, let units, let after):
                judge.pass(to: now)
                try shop.receive(item, units, moment)
                judge.receive(RushScenario.Restock(after: after, item: item, units: units))
            case .restart: try await shop.restart()
            }
            if let text = judge.differences.first { return Failure(text: text, steps: index + 1) }
        }
        // Long enough for every order to be closed.
        let end = (script.last?.after.milliseconds ?? 0) + 2 * SaleRules.payWithin.milliseconds
        shop.pass(scenario.opensAt.advanced(by: Interval(milliseconds: end)))
        judge.pass(to: end)
        let books = try shop.books()
        judge.close(against: books)
        let text = judge.differences.first ?? books.oversells.first
        return text.map { Failure(text: $0, steps: script.count) }
    }

    /// Leaves groups of steps out, half of them at first and single ones in the end, while what is left fails.
    private mutating func without(
        groups all: [[Int]], of script: [ScriptStep], _ failure: inout Failure
    ) async throws -> [ScriptStep] {
        var groups = all
        var size = max(1, groups.count / 2)
        while tries < Self.triesMax {
            var start = 0
            var hasShrunk = false
            while start < groups.count, tries < Self.triesMax {
                let rest = Array(groups[..<start] + groups[min(groups.count, start + size)...])
                let steps = rest.flatMap { $0 }.sorted().map { script[$0] }
                if !rest.isEmpty, let found = try await self.failure(of: steps) {
                    groups = rest
                    failure = found
                    hasShrunk = true
                } else {
                    start += size
                }
            }
            if size == 1, !hasShrunk { break }
            size = max(1, min(size / 2, groups.count / 2))
        }
        return groups.flatMap { $0 }.sorted().map { script[$0] }
    }

    /// The steps of each shopper together; those of nobody by themselves. In the order in which they first come.
    private static func groupedByShopper(_ steps: [ScriptStep]) -> [[Int]] {
        var groups: [[Int]] = []
        var places: [Int: Int] = [:]
        for (index, step) in steps.enumerated() {
            if let shopper = step.shopper, let place = places[shopper] {
                groups[place].append(index)
                continue
            }
            if let shopper = step.shopper { places[shopper] = groups.count }
            groups.append([index])
        }
        return groups
    }
}
