import Logging
import WaybillAPI
import WaybillAccess
import WaybillCore

/// The line of a log for one request: what was asked by whom, what came of it, and how long that took. Neither its
/// target nor anything that it brought is in it, but for the name that it may give itself in `X-Request-Id`.
struct RequestLog {
    private let logger: Logger
    private let requestID: Text
    private let uptime: @Sendable () -> UInt64
    private let began: UInt64

    /// Nil: requests are not logged.
    init?(_ logger: Logger, _ requestID: Text, uptime: @escaping @Sendable () -> UInt64) {
        guard logger.logLevel <= .info else { return nil }
        self.logger = logger
        self.requestID = requestID
        self.uptime = uptime
        began = uptime()
    }

    /// - Parameter admission: nil: the request came to no operation.
    func say(_ reply: Reply, of admission: Admission? = nil) {
        let now = uptime()
        var metadata: Logger.Metadata = [
            "request_id": "\(requestID)", "status": .stringConvertible(reply.status),
            "ms": .stringConvertible(Int(clamping: (now > began ? now - began : 0) / 1_000_000)),
        ]
        if let admission {
            metadata["operation"] = "\(admission.operation.name)"
            // A name may be any text; one line of a log stays one.
            metadata["principal"] = "\(admission.principal.name.string.onOneLine)"
        }
        if let code = reply.problem { metadata["code"] = "\(code.rawValue)" }
        logger.info("answered", metadata: metadata)
    }
}
