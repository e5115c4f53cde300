package import WaybillCore

/// Why a request is not answered as asked: RFC 9457, with a stable code and the values of the rule that was met.
package struct Problem: Error, Sendable {
    package let code: ProblemCode
    package var status: Int
    /// The sentence for people.
    package let detail: String
    /// The values that the sentence names, in its order.
    package var values = RefusalValues()
    /// Whether a repeat under the same key gets this answer again.
    package var isStored = false
    package var retryAfter: Interval?
    /// Places in a body or a workflow's text.
    package var findings: [Finding] = []
    /// Further members of this problem, as JSON.
    package var members: [(name: StaticString, json: [UInt8])] = []
    package var headers: [(name: String, value: String)] = []
    /// Whether the connection ends with the answer: the rest of the request is not read.
    package var endsConnection = false

    /// What is wrong at one place.
    package struct Finding: Hashable, Sendable {
        package let path: String
        package let message: String
        package var line: Int?
        package var column: Int?
        /// `error` or `warning`, of a workflow's text.
        package var severity: String?
        /// How to put it right, when that can be said.
        package var fix: String?

        package init(
            path: String, message: String, line: Int? = nil, column: Int? = nil, severity: String? = nil,
            fix: String? = nil
        ) {
            self.path = path
            self.message = message
            self.line = line
            self.column = column
            self.severity = severity
            self.fix = fix
        }
    }

    package init(_ code: ProblemCode, _ detail: String) {
        self.code = code
        status = code.status
        self.detail = detail.onOneLine
    }

    /// A defect of this program; the detail says what it was.
    package static func defect(_ what: String) -> Problem { Problem(.defect, defectIntroduction + what) }

    private static let defectIntroduction = "this request met a defect of the server: "

    /// What the sentence of a problem says besides that it is a defect.
    package static func withoutDefect(_ detail: String) -> String {
        detail.hasPrefix(defectIntroduction) ? String(detail.dropFirst(defectIntroduction.count)) : detail
    }

    /// The same with an account of what it was about.
    package func with(_ values: RefusalValues) -> Problem {
        var problem = self
        problem.values = values
        return problem
    }

    /// The answer.
    ///
    /// - Parameter instance: the path that was asked for, as it came.
    package func reply(requestID: Text, instance: Text) -> Reply {
        // What OPTIONS asks for is no problem.
        guard status != 204 else { return Reply(204, headers: headers) }
        var headers = headers
        if let retryAfter {
            headers.append(("retry-after", "\((max(0, retryAfter.milliseconds) + 999) / 1_000)"))
        }
        var reply = Reply.json(status, headers: headers) { writer in write(to: &writer, requestID, instance) }
        reply.contentType = "application/problem+json"
        reply.problem = code
        if status == 500 { reply.defect = Problem.withoutDefect(detail) }
        return reply
    }

    /// A path of which the document says how long it is at most; that of a request may be longer.
    private static func bounded(_ instance: Text) -> Text {
        instance.byteCount <= instanceBytesMax ? instance : Text(String(instance.string.prefix(instanceBytesMax)))
    }

    private static let instanceBytesMax = 1_024

    private func write(to writer: inout JSONWriter, _ requestID: Text, _ instance: Text) {
        writer.beginObject()
        writer.member("type", Text("/problems/\(code.rawValue)"))
        writer.member("title", Text(code.title))
        writer.member("status", Int64(status))
        writer.member("detail", Text(detail))
        writer.member("instance", Self.bounded(instance))
        writer.member("code", Text(code.rawValue))
        if !values.isEmpty {
            writer.key("values")
            values.write(to: &writer)
        }
        writer.member("stored", isStored)
        if let retryAfter { writer.member("retry_after_ms", retryAfter.milliseconds) }
        if !findings.isEmpty {
            writer.members("findings", findings) { writer, finding in
                writer.beginObject()
                writer.member("path", Text(finding.path))
                writer.member("message", Text(finding.message))
                if let line = finding.line { writer.member("line", Int64(line)) }
                if let column = finding.column { writer.member("column", Int64(column)) }
                writer.member("severity", ifAny: finding.severity.map { Text($0) })
                writer.member("fix", ifAny: finding.fix.map { Text($0) })
                writer.endObject()
            }
        }
        for (name, json) in members {
            writer.key(name)
            writer.json(json)
        }
        writer.member("request_id", requestID)
        writer.endObject()
    }
}
