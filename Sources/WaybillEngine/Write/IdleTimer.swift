package import WaybillCore

/// When the writer has had nothing to do for so long that it may bring the WAL home: a checkpoint that truncates costs
/// milliseconds, and requests that come meanwhile wait. An intake that is empty once says little; one that stays
/// empty for this time says that there is time.
package struct IdleTimer {
    /// So long without work.
    package static let length = Interval(milliseconds: 200)

    /// When it is reached, by uptime; nil: it was, and nothing has been done since.
    private var end: Interval?

    package init() {}

    /// Something was done.
    package mutating func breaks(at uptime: Interval) {
        end = uptime + Self.length
    }

    /// Whether it has just been reached; once each time.
    package mutating func isReached(at uptime: Interval) -> Bool {
        guard let end, uptime >= end else { return false }
        self.end = nil
        return true
    }

    /// How long until then; nil: nothing is to be waited for.
    package func wait(at uptime: Interval) -> Interval? {
        end.map { max(Interval(milliseconds: 0), $0 - uptime) }
    }
}
