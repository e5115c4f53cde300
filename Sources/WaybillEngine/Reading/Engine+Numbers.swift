import Foundation
package import WaybillBroker
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What lies in the file, counted for monitors, up to a bound where no write keeps the number: nothing here takes
/// longer in a big file.
package struct FileNumbers: Sendable {
    /// Timeouts of one kind.
    package struct OfKind: Sendable {
        package var kind: String
        /// All of them: those that wait, that are tried again, that are parked. Exact, but that after the opening of a
        /// file with many of them they are counted first: then at least as many.
        package var pending: Int64
        package var parked: Int64
        /// How many are overdue by each age of ``FileNumbers/ages`` or longer.
        package var overdue: [Int64]
        /// How late those were that have fired since the file was opened, in milliseconds.
        package var lateness: Buckets
    }

    package static let ages: [(name: String, age: Interval)] = [
        ("1s", .seconds(1)), ("10s", .seconds(10)), ("1m", .minutes(1)), ("10m", .minutes(10)), ("1h", .hours(1)),
    ]

    package var timeouts: [OfKind] = []
    /// Half messages without a decision, with those that are parked.
    package var undecided: Int64 = 0
    package var parkedHalves: Int64 = 0
    /// When the oldest of them was sent; nil: there is none.
    package var oldestHalf: Moment?
    package var jobs: [(state: String, jobs: Int64)] = []
    /// Bytes of the file without its log; nil: it is in memory.
    package var fileBytes: Int64?
}

extension Engine {
    /// Counts what lies in the file.
    ///
    /// - Parameter max: what is counted now is not counted beyond it.
    package func fileNumbers(upTo max: Int) throws -> FileNumbers {
        var numbers = FileNumbers()
        let now = world.now()
        let lateness = vitals.now.latenessByKind
        for kind in TimeoutKind.allCases {
            numbers.timeouts.append(try timeouts(kind, at: now, upTo: max, lateness[kind]))
        }
        let halves = try store.read { rows in try rows.undecidedSummary(limit: max) }
        (numbers.undecided, numbers.parkedHalves, numbers.oldestHalf) = halves
        numbers.jobs = try store.read { rows in try rows.countJobs(limit: max) }.map { ($0.state.rawValue, $0.jobs) }
        numbers.fileBytes = try store.path.flatMap { path in
            try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64
        }
        return numbers
    }

    private func timeouts(
        _ kind: TimeoutKind, at now: Moment, upTo max: Int, _ lateness: Buckets
    ) throws -> FileNumbers.OfKind {
        // A read for each number: a checkpoint may be waiting for it to end.
        let retries = try store.read { rows in try rows.countRetries(kind, limit: max) }
        let counted = store.timeoutCounts.pending(kind)
        var pending = counted.timeouts
        if !counted.isWhole {
            let waiting = try store.read { rows in
                try rows.countTimeouts(kind, upTo: Moment(milliseconds: .max), limit: max)
            }
            pending = Swift.max(pending, Int64(waiting) + retries.all)
        }
        let overdue = try FileNumbers.ages.map { _, age in
            let last = Moment(milliseconds: now.milliseconds - age.milliseconds)
            return Int64(try store.read { rows in try rows.countTimeouts(kind, upTo: last, limit: max) })
        }
        return FileNumbers.OfKind(
            kind: kind.word, pending: pending, parked: retries.parked, overdue: overdue, lateness: lateness)
    }

    /// What topics and groups have had.
    ///
    /// - Parameter rowsMax: how many rows of groups it tells, those whose names come first.
    package func messageCounts(rowsMax: Int) -> MessageCounts { receiverParts.messageCounts(rowsMax: rowsMax) }

    /// Whether a commit waits for the disk.
    package var isDurable: Bool { store.settings.isDurable }
}

extension TimeoutKind {
    /// In labels of monitors.
    fileprivate var word: String {
        switch self {
        case .order: "order"
        case .delayedMessage: "delayed_message"
        case .redelivery: "redelivery"
        case .checkBack: "check_back"
        case .call: "call"
        }
    }
}
