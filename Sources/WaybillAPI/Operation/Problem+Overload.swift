import Waybill
package import WaybillCore
import WaybillEngine

/// Answers of a server that has too much to do: which limit was met, and when to come again.
extension Problem {
    /// A read that had not ended in time.
    static func readTooLong(_ limit: Interval) -> Problem {
        var problem = Problem(
            .readTooLong,
            "the read took more than \(limit.text); ask for less at a time, or when the server has less to do")
        problem.retryAfter = .seconds(1)
        return problem.with(["limit": "reading time", "max_ms": .number(limit.milliseconds)])
    }

    /// A request that has waited longer than its sender wants.
    static let begunTooLate: Problem = {
        var problem = Problem(
            .overloaded, "it had not begun in the time of Waybill-Not-After-Ms; nothing was done, send it again")
        problem.retryAfter = .seconds(1)
        return problem.with(["limit": "Waybill-Not-After-Ms"])
    }()

    /// The same with the limit that was met, where the engine says only that there is too much to do.
    ///
    /// - Parameter end: until this uptime the request was to begin; nil: whenever its turn came.
    package func namingLimit(of served: Served, end: Interval?) -> Problem {
        guard code == .overloaded, values["limit"] == nil else { return self }
        if let end, served.book.uptime > end {
            return .begunTooLate
        }
        // Another one stands in the sentence.
        if case .text(let what) = values["what"], what != Self.intakeFull { return self }
        let max = served.book.book.engine.settings.intakeDepthMax
        return with(["limit": "requests that wait", "max": .number(Int64(max))])
    }

    private static let intakeFull = "too many requests wait"
}
