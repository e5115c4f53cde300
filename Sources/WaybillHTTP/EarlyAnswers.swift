import HTTPTypes
import NIOCore
package import WaybillAPI
import WaybillCore

/// Answers requests that come to no operation, because they never came whole; each ends its connection.
package final class EarlyAnswers: Sendable {
    private let random: @Sendable () -> UInt64
    private let count: @Sendable (ProblemCode) -> Void
    /// A number for the caller of a connection, by what its request says in `Authorization`.
    let caller: @Sendable (String?) -> Int

    /// - Parameters:
    ///   - random: where ids of requests come from.
    ///   - caller: a number for each caller; one for all that are not known.
    ///   - count: told each code.
    package init(
        random: @escaping @Sendable () -> UInt64, caller: @escaping @Sendable (String?) -> Int,
        count: @escaping @Sendable (ProblemCode) -> Void
    ) {
        self.random = random
        self.caller = caller
        self.count = count
    }

    func answer(_ problem: Problem) -> (head: HTTPResponse, body: ByteBuffer) {
        count(problem.code)
        let requestID = RequestID.read(CallHeaders(), random: random)
        let reply = problem.reply(requestID: requestID, instance: "")
        var fields: HTTPFields = [
            .cacheControl: "no-store", .connection: "close", .contentLength: "\(reply.body.count)",
            .xContentTypeOptions: "nosniff",
        ]
        if let type = reply.contentType { fields[.contentType] = type }
        if let name = HTTPField.Name("x-request-id") { fields[name] = requestID.string }
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return (HTTPResponse(status: .init(code: reply.status), headerFields: fields), ByteBuffer(bytes: reply.body))
    }
}
