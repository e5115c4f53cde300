package import WaybillCore

/// Keeps a step of the wall clock from firing what is not due (promise P5).
///
/// A forward step of more than 60 s against the monotonic clock holds firing until an operator confirms the new time or
/// 5 minutes have passed; a backward step only delays, because due times are compared with the wall clock itself.
///
///     steady ──(wall ran ahead by > forwardMax)──► held ──(confirmed, holdMax over, or wall came back)──► steady
package struct ClockGuard: Sendable {
    package static let forwardMax = Interval.seconds(60)
    package static let holdMax = Interval.minutes(5)

    /// Wall minus uptime when last believed.
    private var believed: Interval?
    private var heldSince: Interval?

    package init() {}

    /// Whether firing is held, and since when by the monotonic clock.
    package var isHeld: Bool { heldSince != nil }

    /// Takes both clocks; returns the moment up to which timeouts may fire, or nil while held.
    package mutating func observe(wall: Moment, uptime: Interval) -> Moment? {
        let difference = wall.since(Moment(milliseconds: uptime.milliseconds))
        guard let believed else {
            self.believed = difference
            return wall
        }
        let (step, overflow) = difference.milliseconds.subtractingReportingOverflow(believed.milliseconds)
        let isAhead = overflow ? difference > believed : step > Self.forwardMax.milliseconds
        guard isAhead else {
            self.believed = difference
            heldSince = nil
            return wall
        }
        let since = heldSince ?? uptime
        heldSince = since
        guard uptime.milliseconds &- since.milliseconds >= Self.holdMax.milliseconds else { return nil }
        confirm(wall: wall, uptime: uptime)
        return wall
    }

    /// What the wall clock would show without a step that is in doubt.
    func steady(_ wall: Moment, _ uptime: Interval) -> Moment {
        guard isHeld, let believed else { return wall }
        return Moment(milliseconds: uptime.milliseconds).advanced(by: believed)
    }

    /// An operator says that the wall clock is right.
    package mutating func confirm(wall: Moment, uptime: Interval) {
        believed = wall.since(Moment(milliseconds: uptime.milliseconds))
        heldSince = nil
    }
}
