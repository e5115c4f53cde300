package import WaybillCore

/// How the certificate of a server is.
package struct CertificateState: Hashable, Sendable {
    /// Until when it is good.
    package var expires: Moment
    /// Why the one that its files have now is not shown; nil: it is.
    package var failure: String?

    package init(expires: Moment, failure: String? = nil) {
        self.expires = expires
        self.failure = failure
    }

    /// One that ends sooner is worth a look.
    private static let restMin = Interval.days(14)

    /// What is wrong with it; nil: nothing.
    func trouble(at now: Moment) -> String? {
        let end = expires.iso8601
        if expires <= now { return "the certificate was good until \(end)" + (failure.map { ": \($0)" } ?? "") }
        if let failure { return "a new certificate cannot be shown: \(failure); the old one is good until \(end)" }
        return expires.since(now) < Self.restMin ? "the certificate is good until \(end)" : nil
    }
}
