import WaybillAPI
import WaybillAccess
import WaybillCore

/// Asks the operations of the server in the name of the one who looks at a page: what a page shows and does is what its
/// reader may see and do through the API, with the same limits, refusals and lines in the audit.
struct Asker: Sendable {
    let api: API
    let principal: Principal
    let requestID: Text

    /// By which way acts come, as the audit says it.
    private static let from: Text = "dashboard"

    /// What an operation answers to a question.
    func get(_ target: String) async throws(Refused) -> JSONValue {
        try await JSONValue(reading: answer("GET", target))
    }

    /// The same as a text of another type.
    func text(_ target: String, as type: String) async throws(Refused) -> String {
        let reply = try await answer("GET", target, headers: [(.accept, type)])
        return String(decoding: reply.body, as: UTF8.self)
    }

    /// A question whose refusal is no reason to show nothing.
    func optional(_ target: String) async -> JSONValue? {
        do throws(Refused) { return try await get(target) } catch { return nil }
    }

    /// Asks for a change.
    ///
    /// - Parameter key: names it, so that a form that is sent twice changes something once.
    func change(
        _ method: String, _ target: String, _ body: [UInt8], key: String? = nil, role: String? = nil,
        type: String = "application/json"
    ) async throws(Refused) -> JSONValue {
        var headers: [(RequestHeader, String)] = []
        if let key { headers.append((.idempotencyKey, key)) }
        if let role, !role.isEmpty { headers.append((.role, role)) }
        if !body.isEmpty { headers.append((.contentType, type)) }
        return try await JSONValue(reading: answer(method, target, body, headers: headers))
    }

    /// The answer as it is, such as a stream.
    func reply(_ target: String, lastEventID: String?) async throws(Refused) -> Reply {
        try await answer("GET", target, headers: lastEventID.map { [(.lastEventID, $0)] } ?? [])
    }

    private func answer(
        _ method: String, _ target: String, _ body: [UInt8] = [], headers: [(RequestHeader, String)] = []
    ) async throws(Refused) -> Reply {
        var fields = CallHeaders()
        for (name, value) in headers { fields.add(name, value) }
        if !body.isEmpty { fields.add(.contentLength, "\(body.count)") }
        let head = API.Head(method: method, target: target, headers: fields, principal: principal, from: Self.from)
        let admission: Admission
        do throws(Problem) {
            admission = try api.admit(head, requestID: requestID)
        } catch {
            throw Refused(error.reply(requestID: requestID, instance: ""))
        }
        let reply = await api.answer(admission, body: body)
        admission.place.end()
        guard reply.problem == nil else { throw Refused(reply) }
        return reply
    }

    /// Whether the principal may ask for an operation; of one about a resource that its path names, for that one.
    func may(_ operation: String, on resource: Text? = nil) -> Bool {
        guard let found = api.served.operations.first(where: { $0.name == operation }) else { return false }
        return principal.may(found.grant) { _ in resource }
    }

    var now: Moment { api.served.book.now }

    /// A key for an act that is offered on a page.
    var newKey: String {
        let random = api.served.book.random
        return "page-" + Text.hexadecimal(random()) + Text.hexadecimal(random())
    }
}

extension Text {
    /// Sixteen digits.
    static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension JSONValue {
    /// What an operation has answered; nothing when it has no body.
    fileprivate init(reading reply: Reply) throws(Refused) {
        guard !reply.body.isEmpty else {
            self = .null
            return
        }
        do throws(JSONProblem) {
            try self.init(reply.body)
        } catch {
            throw Refused(status: 500, code: "defect", detail: "an answer could not be read: \(error.message)")
        }
    }
}

/// Why an operation did not answer as asked.
struct Refused: Error, Sendable {
    let status: Int
    let code: String
    /// A sentence for people.
    let detail: String
    var findings: [JSONValue] = []
    var retryAfterMilliseconds: Int64?

    init(status: Int, code: String, detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    init(_ reply: Reply) {
        var problem = JSONValue.null
        do throws(JSONProblem) { problem = try JSONValue(reply.body) } catch { problem = .null }
        status = reply.status
        code = problem["code"].text ?? "defect"
        detail = problem["detail"].text ?? ""
        findings = problem["findings"].list
        retryAfterMilliseconds = problem["retry_after_ms"].int
    }
}

/// A target of an operation: its path from parts, its query from pairs.
struct Target {
    private var text: String
    private var hasQuery = false

    /// - Parameter parts: each is one segment, encoded here.
    init(_ start: StaticString, _ parts: String...) {
        text = "\(start)"
        for part in parts { text += "/\(Text(part).asPathSegment)" }
    }

    /// Adds a fixed segment.
    func then(_ part: StaticString) -> Target {
        var target = self
        target.text += "/\(part)"
        return target
    }

    /// Adds a segment from outside.
    func then(_ part: String) -> Target {
        var target = self
        target.text += "/\(Text(part).asPathSegment)"
        return target
    }

    /// Adds a parameter; nil and empty ones are left out.
    func with(_ name: String, _ value: String?) -> Target {
        guard let value, !value.isEmpty else { return self }
        var target = self
        target.text += "\(hasQuery ? "&" : "?")\(Text(name).asPathSegment)=\(Text(value).asPathSegment)"
        target.hasQuery = true
        return target
    }

    var string: String { text }
}
