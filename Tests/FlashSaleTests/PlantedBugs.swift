import FlashSale
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// A bug that a rush must notice: done to the shop on the way to it, or behind its back.
enum PlantedBug: CaseIterable, Sendable {
    /// Sold out, and sold nevertheless.
    case promisedWithoutStock
    /// What an order gives back is given back twice.
    case doubleRelease
    /// A unit is free again in its row, and no event says so.
    case rowWithoutEvent
    /// A pending timeout is gone.
    case lostTimeout
    /// A repeated request is taken for a new one.
    case keyDoneTwice
    /// Timeouts fire five minutes before they are due.
    case earlyTimeouts
    /// An answer of one shopper is given to the next.
    case swappedAnswers

    func plant(in shop: inout VirtualShop) {
        let sound = shop
        switch self {
        case .promisedWithoutStock:
            shop.decide = { try sound.decide($0).map { $0 == .refused(.soldOut) ? .accepted(isRepeat: false) : $0 } }
        case .doubleRelease:
            shop.decide = { requests in
                let answers = try sound.decide(requests)
                for (asked, answer) in zip(requests, answers) {
                    guard asked.request.kind == .cancel, answer == .accepted(isRepeat: false) else { continue }
                    let stock = StockKey(sku: SKU("mug-\(asked.request.item + 1)"))
                    _ = sound.book().engine.perform(StockCommand(.adjust(1), of: stock))
                }
                return answers
            }
        case .rowWithoutEvent:
            shop.books = {
                // The writer keeps rows in memory; what is on disk is read in the end.
                try sound.book().engine.store.write { transaction in
                    guard var row = try transaction.stock(StockKey(sku: "mug-1")), row.level.sold > 0 else { return }
                    row.level.sold -= 1
                    row.level.free += 1
                    try transaction.update(row)
                }
                return try sound.books()
            }
        case .lostTimeout:
            shop.decide = { requests in
                let answers = try sound.decide(requests)
                _ = try sound.book().engine.store.write { transaction in
                    guard let timeout = try transaction.timeouts(.order, after: nil, limit: 1).first else {
                        return false
                    }
                    return try transaction.delete(timeout)
                }
                return answers
            }
        case .keyDoneTwice:
            var seen: Set<ShopRequest> = []
            shop.decide = { requests in
                try sound.decide(
                    requests.map { asked in
                        guard !seen.insert(asked.request).inserted else { return asked }
                        var other = asked
                        other.request.order += 1_000
                        return other
                    })
            }
        case .earlyTimeouts:
            // An order that was placed in the past is due before its time.
            shop.decide = { requests in
                try sound.decide(
                    requests.map { asked in
                        guard asked.request.kind == .place else { return asked }
                        return TimedRequest(asked.request, at: asked.at.advanced(by: .minutes(-5)))
                    })
            }
        case .swappedAnswers:
            shop.decide = { requests in
                var answers = try sound.decide(requests)
                if let first = answers.indices.first(where: { $0 + 1 < answers.count && answers[$0] != answers[$0 + 1] }
                ) {
                    answers.swapAt(first, first + 1)
                }
                return answers
            }
        }
    }
}

@Suite struct `A bug in the shop` {
    @Test(arguments: PlantedBug.allCases) func `is noticed by a rush`(bug: PlantedBug) async throws {
        var scenario = try scenario()
        scenario.shoppers = 600
        scenario.crashes.at = []
        let (rush, report) = try await run(scenario) { shop in bug.plant(in: &shop) }
        #expect(!report.check.isSound, "\(bug)")
        #expect(!report.check.findings.isEmpty)
        let saysSo = ReportPage(report).html().contains("class=\"verdict bad\"")
        #expect(saysSo)
        #expect(!rush.script.isEmpty)
    }

    @Test(arguments: [PlantedBug.doubleRelease, .lostTimeout, .keyDoneTwice])
    func `is shrunk to a script that a person can read`(bug: PlantedBug) async throws {
        var scenario = try scenario()
        scenario.shoppers = 300
        let (rush, report) = try await run(scenario) { shop in bug.plant(in: &shop) }
        #expect(!report.check.isSound)
        var shrinker = ScriptShrinker(scenario) {
            var shop = try await VirtualShop.open(nil, for: scenario)
            bug.plant(in: &shop)
            return shop
        }
        let (steps, failure) = try #require(try await shrinker.shrink(rush.script))
        #expect(steps.count <= 3, "\(steps.map(\.description))")
        #expect(!failure.isEmpty)
        #expect(steps.count < rush.script.count / 10)
    }

    @Test func `that is not there leaves nothing to shrink`() async throws {
        var scenario = try scenario()
        scenario.shoppers = 100
        let (rush, report) = try await run(scenario)
        #expect(report.check.isSound)
        var shrinker = ScriptShrinker(scenario) { try await VirtualShop.open(nil, for: scenario) }
        #expect(try await shrinker.shrink(rush.script) == nil)
    }
}
