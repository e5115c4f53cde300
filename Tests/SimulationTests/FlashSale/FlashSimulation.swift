import Histories
import Waybill

/// One run: steps by lot, done by the real sale and by the model, compared after each.
struct FlashSimulation {
    let seed: UInt64
    var steps = 150
    /// A bug to be planted; nil: there should be none.
    var bug: FlashBug?

    /// What went wrong, with everything that is needed to see it again.
    struct Failure: Error, CustomStringConvertible {
        let simulation: FlashSimulation
        let step: Int
        let history: [String]
        let difference: String

        var description: String {
            """
            seed \(simulation.seed), step \(step): \(difference)
            \(history.suffix(12).joined(separator: "\n"))
            """
        }
    }

    /// How often each outcome came: a run in which nothing is accepted proves nothing.
    func run() throws -> [String: Int] {
        let start: Int64 = 1_764_000_000_000
        let shop = try FlashShop(at: start)
        var model = FlashModel(at: start)
        var lot = FlashLot(seed: seed)
        var history: [String] = []
        var outcomes: [String: Int] = [:]
        var isPlanted = false
        for index in 1...steps {
            let step = lot.next()
            history.append("\(index). \(step)")
            func fail(_ difference: String) -> Failure {
                Failure(simulation: self, step: index, history: history, difference: difference)
            }
            switch step {
            case .pass(let length):
                model.pass(length)
                shop.pass(bug == .earlyTimeouts ? length + 300_000 : length)
                if bug == .earlyTimeouts { model.reopen(after: 300_000) }
            case .reopen(let length):
                model.reopen(after: length)
                try shop.reopen(after: length)
            case .ask(let request, let key):
                if let key, model.isUncertain(key) { continue }
                let expected = model.handle(request, key: key)
                var sentKey = key
                if bug == .keyDoneTwice, case .repeated = expected { sentKey = nil }
                let outcome = shop.handle(request, key: sentKey)
                guard outcome == expected else { throw fail("\(outcome) instead of \(expected)") }
                outcomes[outcome.word, default: 0] += 1
            }
            if let bug, !isPlanted { isPlanted = try bug.plant(in: shop) }
            let facts = try shop.facts()
            let expected = model.facts
            guard facts == expected else {
                let wrong = facts.subtracting(expected).sorted()
                let missing = expected.subtracting(facts).sorted()
                throw fail("the file says \(wrong), and not \(missing)")
            }
        }
        shop.book.close()
        let report = try Verify().run(shop.path)
        guard report.isSound else {
            throw Failure(simulation: self, step: steps, history: history, difference: "verify: \(report.findings)")
        }
        return outcomes
    }
}

extension FlashModel.Outcome {
    var word: String {
        switch self {
        case .accepted: "accepted"
        case .repeated: "repeated"
        case .refused(let code): code
        }
    }
}
