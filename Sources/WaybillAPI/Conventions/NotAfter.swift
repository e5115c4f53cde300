import WaybillCore

/// How long a request may wait for its turn: `Waybill-Not-After-Ms: 2000`. What has not begun by then is not done.
enum NotAfter {
    private static let waitMax: Int64 = 600_000

    /// The uptime until which it may begin; nil: its sender does not say.
    static func read(_ headers: CallHeaders, at now: Interval) throws(Problem) -> Interval? {
        guard let sent = try headers.single(.notAfter) else { return nil }
        guard let wait = Int64(sent), (1...waitMax).contains(wait) else {
            throw .badHeader(
                .notAfter, "Waybill-Not-After-Ms is \(sent); it takes 1 to \(waitMax)", sent: sent,
                rule: ["min": 1, "max": .number(waitMax)])
        }
        return Interval(milliseconds: now.milliseconds + wait)
    }
}
