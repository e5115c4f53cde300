import Crypto
import Foundation
package import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// Checks a closed file from end to end: that the journal is whole, and that everything else in the file is what the
/// journal says. Reads in pages, so memory stays flat; writes nothing.
package struct Verify {
    package struct Settings: Sendable {
        /// Events read at a time.
        package var pageMax = 500
        /// Orders held in memory at a time.
        package var openMax = 20_000
        /// Findings that are kept with their places.
        package var findingsMax = 100
        /// Modules whose rows are compared with the orders, as far as the file has them.
        package var modules: [any ShopModule] = []
        /// Times the work; only its uptime is asked.
        package var world = World.system

        package init() {}
    }

    /// The parts of the work, in their order.
    package enum Stage: String, Sendable, CaseIterable {
        /// SQLite's own check of pages and indexes.
        case pages
        /// Positions, digests and messages.
        case journal
        /// Orders against the fold of their events; their attributes and timeouts.
        case orders
        /// Stock against its movements and against what orders hold.
        case stock
        /// Rows that nothing implies, and rows against their digests.
        case rest
        /// The digest of what orders and stocks have come to.
        case digest
        /// Rows of modules against what the orders say.
        case modules
    }

    private let settings: Settings

    package init(settings: Settings = Settings()) { self.settings = settings }

    /// Checks a file.
    ///
    /// - Parameter progress: the stage, how much of it is done, and how much there is to do (0: unknown).
    /// - Throws: ``StoreFailure`` when the file cannot be opened for another reason than damage.
    package func run(
        _ path: String, progress: (Stage, Int, Int) -> Void = { _, _, _ in }
    ) throws -> VerifyReport {
        let start = settings.world.uptime()
        var report = VerifyReport(file: path, findingsMax: settings.findingsMax)
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreFailure(.cannotOpen, "\(path) does not exist")
        }
        // To open it would make a new file of it, in which all is well.
        guard try Store.holdsAnything(path) else {
            report.add(FileFinding("it is empty: there is no database in it"))
            return report
        }
        let book: OrderBook
        do {
            book = try OrderBook.look(path, at: Moment(milliseconds: 0))
        } catch let failure as StoreFailure where Self.isDamage(failure.code) {
            report.add(FileFinding("it cannot be opened: \(failure.message)"))
            return report
        }
        defer { book.close() }
        report.timeoutsHeld = book.timeoutHold.map { "by \($0.heldBy) since \($0.since.iso8601): \($0.why)" }
        for stage in Stage.allCases {
            progress(stage, 0, 0)
            do {
                try run(stage, on: book, &report) { progress(stage, $0, $1) }
            } catch {
                report.add(FileFinding("the check of \(stage.rawValue) cannot go on: \(error)"))
            }
        }
        report.milliseconds = settings.world.uptime().milliseconds - start.milliseconds
        return report
    }

    /// Whether a file that cannot be opened for this reason is damaged: a bound that no file of ours is beyond is one.
    private static func isDamage(_ code: StoreFailure.Code) -> Bool {
        code == .damaged || code == .notADatabase || code == .limit
    }

    private func run(
        _ stage: Stage, on book: OrderBook, _ report: inout VerifyReport, progress: (Int, Int) -> Void
    ) throws {
        let engine = book.engine
        switch stage {
        case .pages:
            report.schemaVersion = try engine.store.read { rows in try rows.schemaVersion() }
            for problem in try engine.store.read({ rows in try rows.integrityProblems() }) {
                report.add(FileFinding("SQLite: \(problem)"))
            }
            for problem in try engine.store.read({ rows in try rows.brokenRules(limit: settings.findingsMax) }) {
                report.add(FileFinding("\(problem)"))
            }
            for row in try engine.store.read({ rows in try rows.workflows() }) {
                report.workflows += 1
                let hash = SHA256.hash(data: Data(row.text.string.utf8)).map { String(format: "%02x", $0) }.joined()
                if hash != row.hash.text.string {
                    report.add(
                        FileFinding("the text of workflow \(row.name), number \(row.number.number), has changed"))
                }
            }
        case .journal:
            var check = try JournalCheck(engine, pageMax: settings.pageMax, findingsMax: settings.findingsMax)
            try check.run(progress: progress)
            report.events = check.eventCount
            report.messages = check.messageCount
            report.add(check.findings)
        case .orders:
            let countedTo = try engine.store.read { rows in try rows.numberSetting(.ordersCountedTo) }
            var fold = JournalFold(
                engine, pageMax: settings.pageMax, openMax: settings.openMax,
                visitor: OrderCheck(findingsMax: settings.findingsMax, countedTo: countedTo.map { StreamNumber($0) }))
            try fold.run(progress: progress)
            report.add(try OrderCountCheck.findings(engine, counted: fold.visitor.counts, max: settings.findingsMax))
            report.orders = fold.orderCount
            report.attributes = fold.visitor.attributeCount
            report.timeouts = fold.visitor.timeoutCount
            report.ordersTakingSilenceForFailed = fold.visitor.takingSilenceForFailed
            report.add(fold.visitor.findings)
        case .stock:
            var check = StockCheck(engine, findingsMax: settings.findingsMax)
            try check.run(progress: progress)
            report.stocks = check.stockCount
            report.movements = check.movementCount
            report.add(check.findings)
        case .rest:
            report.add(try DigestCheck.findings(engine, max: settings.findingsMax))
            var check = OwnerlessRows(engine, findingsMax: settings.findingsMax)
            try check.checkOrders(expected: report.orders)
            try check.checkStocks()
            try check.checkAttributes(expected: report.attributes)
            try check.checkOrderTimeouts(expected: report.timeouts)
            try check.checkMessageTimeouts()
            try check.checkCallTimeouts()
            try check.checkDelivery()
            try check.checkKeys()
            report.add(check.findings)
        case .digest:
            var digest = StateDigest(engine, pageMax: settings.pageMax)
            report.digest = try digest.value { progress($0, report.orders) }
        case .modules:
            for (index, module) in settings.modules.enumerated() {
                progress(index, settings.modules.count)
                try check(module, in: book, &report)
            }
        }
    }
}

extension Verify {
    private func check(_ module: some ShopModule, in book: OrderBook, _ report: inout VerifyReport) throws {
        guard let look = try book.check(module) else { return }
        report.modules.append(
            VerifyReport.Module(
                name: module.name.description, compared: look.compared, owed: look.owed, notes: look.notes))
        var found = FileFindings(keptMax: settings.findingsMax)
        for finding in look.findings { found.add(FileFinding(finding).of(module.name)) }
        for _ in look.findings.count..<look.findingCount { found.add(FileFinding("more").of(module.name)) }
        report.add(found)
    }
}

/// What a check of a file came to.
package struct VerifyReport: Sendable, Codable {
    package var file: String
    /// How many migrations the file has seen.
    package var schemaVersion: Int64 = 0
    package var workflows = 0
    package var events = 0
    package var orders = 0
    package var stocks = 0
    package var movements = 0
    package var messages = 0
    package var timeouts = 0
    package var attributes = 0
    /// SHA-256 over what every order and stock has come to; empty when it could not be read.
    package var digest = ""
    /// Orders that have not ended under texts in which an unanswered call counts as failed: not wrong, and a
    /// refund of theirs may go out twice. What to do says the page about upgrading.
    package var ordersTakingSilenceForFailed = 0
    /// The modules that the file has.
    package var modules: [Module] = []
    package var milliseconds: Int64 = 0
    /// Who holds timeouts, since when and why; nil: they fire when they are due.
    package var timeoutsHeld: String?
    package private(set) var findingCount = 0
    /// The first findings, with their places.
    package private(set) var findings: [FileFinding] = []
    private let findingsMax: Int

    /// What the check of a module came to, besides findings.
    package struct Module: Sendable, Codable {
        package var name: String
        package var compared: Int
        /// Messages that it has not handled.
        package var owed: Int64
        /// What is not wrong and should be known.
        package var notes: [String]
    }

    package var isSound: Bool { findingCount == 0 }

    init(file: String, findingsMax: Int) {
        self.file = file
        self.findingsMax = findingsMax
    }

    mutating func add(_ finding: FileFinding) {
        findingCount += 1
        if findings.count < findingsMax { findings.append(finding) }
    }

    mutating func add(_ found: FileFindings) {
        findings += found.first.prefix(max(0, findingsMax - findings.count))
        findingCount += found.count
    }
}
