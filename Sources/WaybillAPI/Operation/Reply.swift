package import WaybillCore

/// What an operation answers.
package struct Reply: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Nil: there is no body.
    package var contentType: String?
    /// Why it is not what was asked for; nil: it is.
    package var problem: ProblemCode?
    /// What follows after the head, as it comes; nil: the body is all.
    package var stream: EventStream?
    /// Takes back what was given with it, for a caller that has gone before it was written; nil: nothing was.
    package var takeBack: (@Sendable () async -> Void)?
    /// The same for a caller whose token is not valid any more; nil: ``takeBack`` does it.
    package var takeBackFromStranger: (@Sendable () async -> Void)?
    /// What went wrong in this program, for its log; nil: nothing did.
    package var defect: String?

    package init(
        _ status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], contentType: String? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.contentType = contentType
    }

    /// An answer that goes on.
    static func stream(_ stream: EventStream) -> Reply {
        var reply = Reply(200, contentType: "text/event-stream")
        reply.stream = stream
        return reply
    }

    /// An answer in JSON.
    package static func json(
        _ status: Int = 200, headers: [(name: String, value: String)] = [], _ write: (inout JSONWriter) -> Void
    ) -> Reply {
        var writer = JSONWriter()
        write(&writer)
        return Reply(status, headers: headers, body: writer.bytes, contentType: "application/json")
    }
}
