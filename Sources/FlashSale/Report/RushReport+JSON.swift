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
            && cellMilliseconds > 0
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
