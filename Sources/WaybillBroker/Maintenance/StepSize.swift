package import WaybillCore

/// How much one step of maintenance does: as much as the writer can do in a millisecond or two, learned from the steps
/// before. Producers and consumers wait for it, and how long depends on the machine, the cache and the size of the
/// file.
package struct StepSize {
    package static let least = 100
    package static let most = 2_000
    /// Longer than this is too long.
    package static let longest = Interval(milliseconds: 1)

    package private(set) var count = 500

    package init() {}

    /// Learns from how long a step took.
    ///
    /// - Parameter wasFull: whether it did all that it was allowed; of another nothing is learned but that it was slow.
    package mutating func learn(_ took: Interval, wasFull: Bool) {
        if took > Self.longest {
            count = max(Self.least, count / 2)
        } else if wasFull, took < Self.longest {
            count = min(Self.most, count + count / 4)
        }
    }
}
