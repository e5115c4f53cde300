import GRPCServing
import WaybillCore

/// How long a receive may wait for a message.
enum PollTime {
    /// The answer must be there before the client gives up.
    static let reserve = Interval(milliseconds: 200)
    /// With less time than this nothing can be answered.
    static let leftMin = Interval(milliseconds: 300)
    private static let requestTimeoutUsual = Interval.seconds(3)

    /// - Parameters:
    ///   - asked: what the request says; nil: nothing.
    ///   - timeout: how long its client waits for the call.
    ///   - requestTimeout: what its settings say of calls that do not wait; nil: they are not known.
    /// - Returns: nil: the client does not wait long enough for any answer.
    static func wait(
        asked: Interval?, timeout: CallTimeout, requestTimeout: Interval?, _ bounds: ClosedRange<Interval>
    ) -> Interval? {
        var left: Interval?
        if case .milliseconds(let time) = timeout { left = Interval(milliseconds: time) }
        if let left, left < leftMin { return nil }
        // Clients that do not say how long wait as long as the call, but for the time that an answer takes.
        let half = Interval(milliseconds: (requestTimeout ?? requestTimeoutUsual).milliseconds / 2)
        let wanted = asked ?? left.map { $0 - half } ?? bounds.upperBound
        let wait = min(max(wanted, bounds.lowerBound), bounds.upperBound)
        return left.map { min(wait, $0 - reserve) } ?? wait
    }
}
