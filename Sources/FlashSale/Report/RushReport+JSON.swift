import Foundation

/// Why a file is no report.
package struct ReportFailure: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

extension RushReport {
    private static let bytesMax = 64 << 20
    private static let cellsMax = 10_000

    /// The report as JSON: the same report, the same bytes.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// Reads a report that was written as JSON.
    package init(json bytes: [UInt8], name: String) throws(ReportFailure) {
        guard bytes.count <= Self.bytesMax else {
            throw ReportFailure("\(name) is larger than \(Self.bytesMax >> 20) MiB: no report is")
        }
        do {
            self = try JSONDecoder().decode(RushReport.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw ReportFailure("\(name) is no report of a rush: \(error.words)")
        } catch {
            throw ReportFailure("\(name) is no report of a rush: \(error.localizedDescription)")
        }
        guard format == Self.formatNow else {
            throw ReportFailure("\(name) has format \(format); this release reads \(Self.formatNow)")
        }
        guard isPlausible else { throw ReportFailure("\(name): a number in it is below zero, or beyond what can be") }
        for course in [opening, whole] {
            guard course.isWellFormed(cellsMax: Self.cellsMax) else {
                throw ReportFailure("\(name): its series have different lengths, or times that are none")
            }
        }
    }
}

extension RushReport.Course {
    /// Whether every series has one value for each cell: a page is drawn from them by index.
    fileprivate func isWellFormed(cellsMax: Int) -> Bool {
        let count = shoppers.count
        var counts = [looks.count, requests.count, accepted.count, unanswered.count, paid.count, depth.count]
        counts += [p50.count, p99.count, p999.count, stockLeft.count, due.count, fired.count]
        for series in refused + lags { counts.append(series.values.count) }
        return count > 0 && count <= cellsMax && counts.allSatisfy { $0 == count } && cellMilliseconds.isFinite
            && cellMilliseconds > 0 && cellMilliseconds < 1e9 && refused.count + lags.count <= 256
    }

    /// Every number of it.
    fileprivate var numbers: [Int64] {
        let counts = shoppers + looks + requests + accepted + unanswered + paid + depth + due + fired
        let series = (refused + lags).flatMap { $0.values.compactMap { $0 } }
        let known = (p50 + p99 + p999 + stockLeft).compactMap { $0 }
        return (counts + series).map { Int64($0) } + known
    }
}

extension RushReport {
    /// Far above any rush, and low enough that no sum of a few leaves the 64 bits.
    private static let numberMax: Int64 = 1_000_000_000_000_000

    /// Whether what is added up for a page can be.
    fileprivate var isPlausible: Bool {
        let counts = [
            scenario.shoppers, scenario.items, scenario.hurry, server.intakeDepthMax, server.writeRequestsMax,
            server.perItemMax, server.perCallerMax,
            totals.shoppers, totals.bots, totals.looks, totals.requests, totals.accepted, totals.acceptedToBots,
            totals.repeats, totals.refused, totals.unanswered, totals.paid, totals.refundedLate, totals.cancelled,
            totals.orders, totals.events, totals.messages, totals.intakeDepthMax, timeouts.fired, timeouts.pending,
            check.eventsChecked, check.itemsChecked, check.answersCompared, check.acknowledgedOrders,
        ]
        var numbers = counts.map { Int64($0) } + opening.numbers + whole.numbers + crashes
        numbers += [scenario.units, scenario.limit, totals.unitsSold, totals.unitsFree, totals.unitsReserved]
        numbers += [totals.unitsReceived, check.oversold, latency.p50, latency.p90, latency.p99, latency.p999]
        for count in refusals + methods { numbers.append(Int64(count.count)) }
        if let resources {
            numbers += [resources.memoryBytesMax, resources.walBytesMax, resources.fileBytes].map(Int64.init)
        }
        let limits = capacity.limits
        numbers += [limits.intakeDepthMax, limits.intakeDepthPerSKUMax, limits.intakeDepthPerCallerMax].map(Int64.init)
        for module in modules { numbers += [Int64(module.lagMax), Int64(module.lagAtEnd), module.drainedAt ?? 0] }
        for item in items { numbers += [item.received, item.sold, item.reserved, item.free] }
        return numbers.allSatisfy { (0...Self.numberMax).contains($0) } && totals.revenueCents >= 0
    }
}

extension DecodingError {
    /// Which key, and what is wrong with it.
    fileprivate var words: String {
        func place(_ context: Context) -> String {
            context.codingPath.isEmpty ? "the text" : context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        switch self {
        case .keyNotFound(let key, let context): return "\(place(context)) has no \(key.stringValue)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return "\(place(context)) does not fit"
        @unknown default: return "it does not fit"
        }
    }
}
