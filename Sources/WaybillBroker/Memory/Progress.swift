import WaybillCore
import WaybillStore

/// Which messages of a stored queue a group has finished: all below the floor, and ranges above it.
struct Progress: Hashable {
    private(set) var floor: Int64
    /// Ascending, apart from each other and from the floor.
    private(set) var ranges: [Range<Int64>] = []

    init(floor: Int64) { self.floor = floor }

    /// Reads a cursor's text, such as `3-5,9`; damage says what it is.
    init(_ cursor: CursorRow) throws(StoreFailure) {
        floor = cursor.floor
        ranges = try cursor.acknowledged()
    }

    /// The cursor's text.
    var text: Text {
        Text(
            ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound - 1)" }
                .joined(separator: ","))
    }

    /// The offset after the last finished one.
    var end: Int64 { ranges.last?.upperBound ?? floor }

    /// How many offsets above the floor are finished.
    var countAbove: Int64 { ranges.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) } }

    func isFinished(_ offset: Int64) -> Bool { firstUnfinished(from: offset) != offset }

    /// The first offset from here on that is not finished.
    func firstUnfinished(from offset: Int64) -> Int64 {
        if offset < floor { return floor }
        let index = index(after: offset)
        guard index > 0, ranges[index - 1].upperBound > offset else { return offset }
        return ranges[index - 1].upperBound
    }

    /// The offsets below an end that are not finished.
    func unfinished(below end: Int64) -> [Range<Int64>] {
        var gaps: [Range<Int64>] = []
        var start = floor
        for range in ranges where start < end {
            if range.lowerBound > start { gaps.append(start..<min(range.lowerBound, end)) }
            start = range.upperBound
        }
        if start < end { gaps.append(start..<end) }
        return gaps
    }

    /// Notes that a message is finished; nothing for an offset that only a damaged row can name.
    mutating func finish(_ offset: Int64) {
        guard (0...MessagePlace.offsetMax).contains(offset) else { return }
        finish(offset..<(offset + 1))
    }

    /// Notes that a range is finished, whatever of it was before.
    mutating func finish(_ range: Range<Int64>) {
        guard range.upperBound > floor, !range.isEmpty else { return }
        if range.lowerBound <= floor {
            floor = range.upperBound
        } else if range.lowerBound >= end {
            // The usual case: what comes last was finished last.
            if range.lowerBound == ranges.last?.upperBound, let last = ranges.popLast() {
                ranges.append(last.lowerBound..<range.upperBound)
            } else {
                ranges.append(range)
            }
            return
        } else {
            insert(range)
        }
        var passed = 0
        while passed < ranges.count, ranges[passed].lowerBound <= floor {
            floor = max(floor, ranges[passed].upperBound)
            passed += 1
        }
        ranges.removeFirst(passed)
    }

    private mutating func insert(_ range: Range<Int64>) {
        var first = index(after: range.lowerBound)
        if first > 0, ranges[first - 1].upperBound >= range.lowerBound { first -= 1 }
        var merged = range
        var last = first
        while last < ranges.count, ranges[last].lowerBound <= merged.upperBound {
            merged =
                min(merged.lowerBound, ranges[last].lowerBound)..<max(merged.upperBound, ranges[last].upperBound)
            last += 1
        }
        ranges.replaceSubrange(first..<last, with: CollectionOfOne(merged))
    }

    /// The index of the first range that begins after an offset.
    private func index(after offset: Int64) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].lowerBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
