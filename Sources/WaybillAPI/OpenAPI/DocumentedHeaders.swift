import WaybillCore

/// A header field of an answer, as documentation names it.
struct AnswerHeader {
    let name: String
    let summary: String

    init(_ name: String, _ summary: String) {
        self.name = name
        self.summary = summary
    }
}

extension Operation {
    /// The header fields that it reads. `traceparent` and the like mean something to every request.
    var readHeaders: [RequestHeader] {
        var headers = headers
        switch key {
        case .none: break
        case .taken, .required: headers.append(.idempotencyKey)
        }
        if method != .get { headers += [.notAfter, .traceparent] }
        return headers + [.requestID]
    }

    /// The header fields of one of its answers, besides those of every answer.
    func answerHeaders(_ answer: Answer) -> [AnswerHeader] {
        var found: [AnswerHeader] = []
        switch key {
        case .none: break
        case .taken, .required:
            found.append(AnswerHeader("Idempotency-Replayed", "`true`: the answer was given before, under the key."))
        }
        if headers.contains(.prefer) || name == "showOrder" {
            found.append(AnswerHeader("ETag", "The version of the order."))
        }
        if ["showWorkflow", "showWorkflowVersion", "putWorkflow", "activateWorkflow"].contains(name) {
            found.append(AnswerHeader("ETag", "The hash of the text; of one that was put only if it takes new orders."))
        }
        if answer.status == 201, headers.contains(.ifNoneMatch), headers.contains(.role) {
            found.append(AnswerHeader("Location", "The path of the order."))
        }
        if query.contains(where: { $0.name == "cursor" }) {
            found.append(AnswerHeader("Link", "`rel=\"next\"`: where the list goes on; none: this was the last page."))
        }
        return found
    }
}

extension RequestHeader {
    /// The name as documentation writes it; to HTTP the case of its letters does not matter.
    var documentedName: String {
        switch self {
        case .ifMatch: "If-Match"
        case .ifNoneMatch: "If-None-Match"
        case .idempotencyKey: "Idempotency-Key"
        case .requestID: "X-Request-Id"
        case .lastEventID: "Last-Event-ID"
        case .traceparent: "traceparent"
        case .authorization, .contentType, .contentLength, .contentEncoding, .transferEncoding, .accept, .prefer, .role,
            .lane, .notAfter, .caller:
            rawValue.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
        }
    }

    var summary: String {
        switch self {
        case .authorization: "`Bearer` and a token."
        case .contentType: "The type of the body."
        case .contentLength: "Its bytes."
        case .contentEncoding: "None is taken."
        case .transferEncoding: "`chunked`, for a body whose length is not known."
        case .accept: "Which form the answer is to have."
        case .idempotencyKey: "Names the request, so that it is done once however often it is sent."
        case .ifMatch: "The ETag of what is changed: at another version the request is refused with 412."
        case .ifNoneMatch: "`*`: only if there is none of this name yet."
        case .prefer: "`return=representation`: the answer is the order."
        case .requestID: "Names the request in problems, logs and the audit; comes back. Up to 64 printable letters."
        case .traceparent: "The W3C trace context; kept with what the request does."
        case .role: "The role that speaks; needed when the token has several."
        case .lane: "The grey-release route."
        case .notAfter: "How many milliseconds it may wait for its turn; what has not begun by then is not done."
        case .caller: "For whom the owner of the file speaks."
        case .lastEventID: "The last event that the client has; the stream goes on after it, whatever `after` says."
        }
    }

    var schema: Schema {
        switch self {
        case .notAfter: .integer(1...600_000)
        // One that is wrong, or too long, is passed over and not refused.
        case .requestID, .traceparent, .accept: .text(bytesMax: .max)
        case .prefer: .text(bytesMax: 1_024)
        case .authorization, .contentType, .contentLength, .contentEncoding, .transferEncoding, .idempotencyKey,
            .ifMatch, .ifNoneMatch, .role, .lane, .caller, .lastEventID:
            .text(bytesMax: 255)
        }
    }
}
