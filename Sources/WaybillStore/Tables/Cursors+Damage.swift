import WaybillCore

/// What a cursor may say: rows come from a disk, and a disk may change them.
extension CursorRow {
    /// Look-backs of a queue that there can be: one a millisecond for thirty years.
    private static let epochMax: Int64 = 1 << 40

    /// The ranges of acknowledged offsets above the floor, ascending and apart from each other.
    package func acknowledged() throws(StoreFailure) -> [Range<Int64>] {
        var found: [Range<Int64>] = []
        for part in ranges.string.split(separator: ",") {
            let ends = part.split(separator: "-").map { Int64($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
                first > (found.last?.upperBound ?? floor), last < MessagePlace.offsetMax
            else {
                throw StoreFailure(
                    .damaged, "the cursor of group \(group.number) on queue \(queue.number) says '\(part)'")
            }
            found.append(first..<(last + 1))
        }
        return found
    }

    /// What is wrong with it; nil: nothing that can be seen.
    ///
    /// - Parameter end: the offset that the queue's next message gets.
    package func damage(end: Int64) -> String? {
        let offsets = 0...MessagePlace.offsetMax
        guard (1...Self.epochMax).contains(epoch) else { return "its epoch is \(epoch)" }
        guard floor >= 0, floor <= end else { return "its floor is \(floor), and the queue ends at \(end)" }
        guard offsets.contains(deliveredThrough) else { return "it was delivered through \(deliveredThrough)" }
        if let fence, !offsets.contains(fence) { return "its fence is \(fence)" }
        if let gap, !offsets.contains(gap) { return "its gap is \(gap)" }
        do throws(StoreFailure) {
            let last = try acknowledged().last?.upperBound ?? floor
            return last <= end ? nil : "it is done up to \(last), and the queue ends at \(end)"
        } catch {
            return "its ranges are '\(ranges.string.prefix(40))'"
        }
    }
}
