import Waybill

/// The shipped flash sale, and a model of it.
final class FlashSimulation: Simulation {
    static let stepCount = 150
    private static let start: Int64 = 1_764_000_000_000

    private let shop: FlashShop
    private let bug: FlashBug?
    private var isPlanted = false
    private var lot: FlashLot
    private var model = FlashModel(at: FlashSimulation.start)

    init(seed: UInt64, bug: FlashBug?) async throws {
        shop = try FlashShop(at: Self.start, seed: seed)
        self.bug = bug
        lot = FlashLot(seed: seed)
    }

    var lives: Lives<OrderBook> { shop.lives }

    func draw() -> FlashStep { lot.next() }

    /// Not where both answers would be right.
    func hasMeaning(_ step: FlashStep) -> Bool {
        guard case .ask(_, let key?) = step else { return true }
        return !model.isUncertain(key)
    }

    func perform(_ step: FlashStep) async throws -> StepReport {
        var word: String?
        switch step {
        case .pass(let length):
            model.pass(length)
            shop.pass(bug == .earlyTimeouts ? length + 300_000 : length)
            if bug == .earlyTimeouts { model.reopen(after: 300_000) }
        case .reopen(let length):
            model.reopen(after: length)
            try lives.reopen(after: length)
        case .ask(let request, let key):
            let expected = model.handle(request, key: key)
            var sentKey = key
            if bug == .keyDoneTwice, case .repeated = expected { sentKey = nil }
            let outcome = shop.handle(request, key: sentKey)
            guard outcome == expected else {
                return StepReport("\(outcome)", wrong: "\(outcome) instead of \(expected)")
            }
            word = outcome.word
        }
        if let bug, !isPlanted { isPlanted = try bug.plant(in: shop) }
        return StepReport(word ?? "done", words: [word].compactMap { $0 }, wrong: difference(of: try shop.facts()))
    }

    private func difference(of facts: Set<String>) -> String? {
        let expected = model.facts
        guard facts != expected else { return nil }
        return "the file says \(facts.subtracting(expected).sorted()), and not \(expected.subtracting(facts).sorted())"
    }
}

extension FlashModel.Outcome {
    fileprivate var word: String {
        switch self {
        case .accepted: "accepted"
        case .repeated: "repeated"
        case .refused(let code): code
        }
    }
}
