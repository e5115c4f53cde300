import Foundation
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillTimeouts

/// The real orders, which are not part of the project: `shared/data` beside it. Tests that use them skip aloud without.
enum OlistData {
    static let directory: String = {
        var root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let candidates = (0..<3).map { _ in
            root = root.deletingLastPathComponent()
            return root.appendingPathComponent("shared/data/olist").path
        }
        return candidates.first { FileManager.default.fileExists(atPath: $0) } ?? candidates[1]
    }()

    static let isThere: Bool = {
        let isThere = FileManager.default.fileExists(atPath: "\(directory)/orders.csv.gz")
        if !isThere { print("SKIPPED: the tests on real orders need \(directory)") }
        return isThere
    }()
}

/// An order book in memory or in a file whose clock stands at the beginning of a history.
func openBook(for source: some HistorySource, path: String? = nil, workflow: String = "olist-order") throws -> OrderBook
{
    let world = World.virtual(VirtualClock(start: source.start ?? Moment(milliseconds: 0)))
    let workflows = WorkflowText.shipped.filter { $0.source.hasPrefix(workflow) }
    if let path { return try OrderBook.open(path, workflows: workflows, world: world) }
    return try OrderBook.inMemory(workflows: workflows, world: world)
}
