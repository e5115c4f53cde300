import Synchronization
import WaybillCore

/// How many timeouts there are of each kind: the writer's memory, changed by the writes that change timeouts, so that
/// no question counts them.
///
/// What the file has when it is opened is counted gradually, by due time: those up to a key are in a count, and a
/// change of one beyond it is counted when its turn comes.
package struct TimeoutCounts: Sendable {
    /// Where a timeout is.
    package enum Place: Int, CaseIterable, Sendable {
        /// It waits for its time.
        case waiting
        /// Its handling failed: it is tried again, or parked.
        case retrying
    }

    private struct Count: Sendable {
        var timeouts: Int64 = 0
        /// The last that is counted; nil: none is, or all are.
        var countedTo: TimeoutKey?
        var isWhole = false

        func has(_ key: TimeoutKey) -> Bool {
            guard !isWhole else { return true }
            return countedTo.map { !$0.isBefore(key) } ?? false
        }
    }

    private var counts = [Count](repeating: Count(), count: TimeoutKind.allCases.count * Place.allCases.count)
    private var committed: [Count]?

    /// Those of a kind that are counted: all of them, where `isWhole`.
    package func pending(_ kind: TimeoutKind) -> (timeouts: Int64, isWhole: Bool) {
        let both = Place.allCases.map { counts[Self.index(kind, $0)] }
        return (both.reduce(0) { $0 + $1.timeouts }, both.allSatisfy(\.isWhole))
    }

    private static func index(_ kind: TimeoutKind, _ place: Place) -> Int {
        Int(kind.rawValue - 1) * Place.allCases.count + place.rawValue
    }

    private mutating func change(_ index: Int, _ body: (inout Count) -> Void) {
        if committed == nil { committed = counts }
        body(&counts[index])
    }

    mutating func add(_ change: Int64, _ key: TimeoutKey, _ place: Place) {
        let index = Self.index(key.kind, place)
        guard counts[index].has(key) else { return }
        self.change(index) { $0.timeouts += change }
    }

    /// Counts a kind again: rows went that cannot be named.
    mutating func forget(_ kind: TimeoutKind) {
        for place in Place.allCases { change(Self.index(kind, place)) { $0 = Count() } }
    }

    /// Whether all of a kind are counted.
    func isWhole(_ kind: TimeoutKind, _ place: Place) -> Bool { counts[Self.index(kind, place)].isWhole }

    /// After which timeout the next page of a kind begins; nil: it is the first page.
    func countedTo(_ kind: TimeoutKind, _ place: Place) -> TimeoutKey? { counts[Self.index(kind, place)].countedTo }

    /// Counts a page.
    ///
    /// - Parameters:
    ///   - last: the last of it.
    ///   - isLast: whether there is none behind it.
    mutating func add(page count: Int, to last: TimeoutKey?, isLast: Bool, _ kind: TimeoutKind, _ place: Place) {
        change(Self.index(kind, place)) { slot in
            slot.timeouts += Int64(count)
            slot.isWhole = isLast
            slot.countedTo = isLast ? nil : last
        }
    }

    /// After a commit. True: it has changed what there is to tell.
    mutating func endWrite() -> Bool {
        defer { committed = nil }
        return committed != nil
    }

    /// After a write that was undone.
    mutating func rollBack() {
        if let committed { counts = committed }
        committed = nil
    }
}

extension TimeoutKey {
    /// Whether it comes before another one of its kind in the file.
    fileprivate func isBefore(_ other: TimeoutKey) -> Bool {
        (due, owner, name) < (other.due, other.owner, other.name)
    }
}

extension Transaction {
    /// Counts more of the timeouts that were there when the file was opened; false: all are counted.
    package func countMoreTimeouts(limit: Int) throws(StoreFailure) -> Bool {
        for kind in TimeoutKind.allCases {
            for place in TimeoutCounts.Place.allCases where !connection.timeouts.isWhole(kind, place) {
                let last = connection.timeouts.countedTo(kind, place)
                let page: [TimeoutKey] =
                    switch place {
                    case .waiting: try timeouts(kind, after: last, limit: limit)
                    case .retrying: try timeoutRetries(kind, after: last, limit: limit).map(\.key)
                    }
                // A row that cannot be named must not be counted for ever.
                let goesOn = page.last.map { next in last.map { $0.isBefore(next) } ?? true } ?? false
                let isLast = page.count < limit || !goesOn
                connection.timeouts.add(page: page.count, to: page.last, isLast: isLast, kind, place)
                guard isLast else { return true }
            }
        }
        return false
    }
}

extension Store {
    /// How many timeouts there are, as of the last commit.
    package var timeoutCounts: TimeoutCounts { writer.timeoutCounts.withLock { $0 } }
}
