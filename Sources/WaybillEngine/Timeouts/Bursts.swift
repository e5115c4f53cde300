import WaybillCore

/// How often orders fire at one moment: one that arms for a moment that has come what has just fired would fire for
/// ever.
///
/// Only memory knows: after the file is opened again it is counted anew, and what is parked stays so.
struct Bursts {
    /// Timeouts and deadlines that one order may fire at one moment.
    static let max = 1_000

    private struct Burst {
        var count: Int
        /// The last one has armed something that is due already.
        var goesOn: Bool
    }

    private var moment: Moment?
    private var bursts: [StreamNumber: Burst] = [:]

    /// Whether an order has fired as many at this moment as it may. Then it begins anew: the one that is parked for it
    /// does not keep others of the order from firing.
    mutating func isOver(_ order: StreamNumber, at now: Moment) -> Bool {
        if moment != now {
            moment = now
            bursts = bursts.filter { $0.value.goesOn }
        }
        guard let burst = bursts[order], burst.count >= Self.max else { return false }
        bursts[order] = nil
        return true
    }

    /// Counts one that has fired.
    ///
    /// - Parameter goesOn: whether it has armed something that is due already.
    mutating func add(_ order: StreamNumber, goesOn: Bool) {
        bursts[order] = Burst(count: (bursts[order]?.count ?? 0) + 1, goesOn: goesOn)
    }

    mutating func forget() { bursts.removeAll() }
}
