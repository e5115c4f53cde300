import Waybill
package import WaybillAccess
package import WaybillCore
import WaybillEngine

/// All that may be asked of a served order book: the table of contents.
package struct API: Sendable {
    /// Every operation. Routes, documentation and the matrix of grants follow from this list; a program that serves may
    /// add some.
    package static let operations: [Operation] =
        Orders.operations + Timeouts.operations + Stock.operations + Workflows.operations + Topics.operations
        + Groups.operations + DeadLetters.operations + Lanes.operations + MessageOperations.operations
        + Consuming.operations
        + HalfMessages.operations + Events.operations + Operations.operations + Audit.operations + Tokens.operations
        + Health.operations
        + Overview.operations

    /// What probes and monitors ask.
    private static let probes = [Health.alive, Health.ready, Health.metrics]

    package let served: Served
    let routes: RouteTable
    /// Where it is said what there is.
    private let whatThereIs: String

    package init(_ served: Served) {
        self.init(served, served.operations, whatThereIs: "/openapi.json lists what there is")
    }

    private init(_ served: Served, _ operations: [Operation], whatThereIs: String) {
        self.served = served
        routes = RouteTable(operations)
        self.whatThereIs = whatThereIs
    }

    /// The same where nothing but probes and metrics is served.
    package var ofProbes: API {
        API(served, Self.probes, whatThereIs: "/healthz, /readyz and /metrics are all that is served here")
    }

    /// The head of a request.
    package struct Head: Sendable {
        package var method: String
        /// Path and query as they came.
        package var target: String
        package var headers: CallHeaders
        /// Who asks when the way by which the request came says so; nil: a token is asked for.
        package var principal: Principal?
        /// By which way it came, for the audit.
        package var from: Text

        package init(
            method: String, target: String, headers: CallHeaders, principal: Principal? = nil, from: Text = ""
        ) {
            self.method = method
            self.target = target
            self.headers = headers
            self.principal = principal
            self.from = from
        }
    }

    /// Decides by the head of a request whether its body is read at all.
    package func admit(_ head: Head, requestID: Text) throws(Problem) -> Admission {
        do throws(Problem) {
            return try admission(head, requestID)
        } catch {
            if error.status >= 400 { served.countRefused(error.code) }
            throw error.ending(with: head)
        }
    }

    private func admission(_ head: Head, _ requestID: Text) throws(Problem) -> Admission {
        if head.method == "OPTIONS", head.target == "*" {
            throw .methods(
                Operation.Method.allCases.map(\.rawValue) + ["HEAD", "OPTIONS"], insteadOf: head.method, "*")
        }
        let target = try RequestTarget(head.target)
        let (operation, parameters) = try route(head.method, target)
        let known = try identify(head, for: operation)
        let principal = operation.grant.isOpen ? known : try speaker(known, head)
        let resource = { (name: String) in parameters.first { $0.name == name }?.value }
        guard principal.may(operation.grant, resource: resource) else {
            throw Problem(.forbidden, "the token of \(principal.name) does not allow \(operation.name)")
        }
        try checkBody(head, for: operation)
        return Admission(
            operation: operation, principal: principal, parameters: parameters, headers: head.headers,
            query: try QueryValues(target.query, for: operation),
            key: try IdempotencyKey.read(head.headers, rule: operation.key),
            end: try NotAfter.read(head.headers, at: served.book.uptime), requestID: requestID, from: head.from,
            instance: target.path, place: try served.inWork.begin(operation, by: principal))
    }

    /// A body beyond this is read where it keeps no connection waiting: an event loop serves many.
    private static let bodyOnLoopMax = 64 * 1_024

    /// Does what was asked. The request keeps its place until its answer is taken, or given up.
    package func answer(_ admission: Admission, body: [UInt8]) async -> Reply {
        let engine = served.book.book.engine
        let began = engine.world.uptimeNanoseconds()
        let span = served.settings.spans?.begin(admission.operation, TraceParent.read(admission.headers))
        let reply = await replyHere(admission.traced(span?.trace), body)
        span?.end(reply.status, reply.problem)
        let ended = engine.world.uptimeNanoseconds()
        served.requests.add(
            admission.operation.name, status: reply.status, took: ended > began ? ended - began : 0)
        return reply
    }

    private func replyHere(_ admission: Admission, _ body: [UInt8]) async -> Reply {
        let engine = served.book.book.engine
        guard body.count > Self.bodyOnLoopMax, engine.world.virtualClock == nil else {
            return await answerHere(admission, body)
        }
        return await engine.threads.run { await answerHere(admission, body) }
    }

    private func answerHere(_ admission: Admission, _ body: [UInt8]) async -> Reply {
        do throws(Problem) {
            if let problem = served.now.problem(for: admission.operation) { throw problem }
            // Later ones, in line for the writer, are refused there.
            if let end = admission.end, served.book.uptime > end { throw .begunTooLate }
            await served.noteUse(of: admission.principal)
            let reply = try await handle(Call(admission, served, body: body), admission.operation)
            guard admission.operation.isLongPoll, !isKnown(admission.principal) else { return reply }
            // Its token was valid when it began to wait.
            await (reply.takeBackFromStranger ?? reply.takeBack)?()
            throw .noToken
        } catch {
            let error = error.namingLimit(of: served, end: admission.end)
            if error.code == .outcomeUnknown || error.code == .failStopped { served.become(.stopped(error.detail)) }
            served.refusals.add(error.code)
            return error.reply(requestID: admission.requestID, instance: admission.instance)
        }
    }

    /// Whether the token by which a principal came is still valid.
    private func isKnown(_ principal: Principal) -> Bool {
        principal.token.map { served.tokens.stands($0, at: served.book.now) } ?? true
    }

    /// Lets an operation answer; the reads of a question are bounded in time.
    private func handle(_ call: Call, _ operation: Operation) async throws(Problem) -> Reply {
        guard operation.method == .get, let limits = served.settings.readTime else {
            return try await operation.handler(call)
        }
        let engine = served.book.book.engine
        let answer = await engine.bounding(readsTo: limits) { () -> Result<Reply, Problem> in
            do throws(Problem) {
                return .success(try await operation.handler(call))
            } catch {
                // What a read that is cut off comes to depends on who asked for it.
                let isCutOff = (error.code == .defect || error.code == .undone) && engine.isReadOver
                return .failure(isCutOff ? .readTooLong(limits.read) : error)
            }
        }
        return try answer.get()
    }

    private func route(
        _ method: String, _ target: RequestTarget
    ) throws(Problem) -> (Operation, [(name: String, value: Text)]) {
        switch routes.match(method, target.segments) {
        case .found(let operation, let parameters): return (operation, parameters)
        case .nothing: throw Problem(.notFound, "there is nothing at \(target.path); \(whatThereIs)")
        case .otherMethods(let methods):
            let allowed = methods.map(\.rawValue) + (methods.contains(.get) ? ["HEAD"] : []) + ["OPTIONS"]
            throw .methods(allowed, insteadOf: method, target.path)
        }
    }

    /// A number for the caller of a connection: one for each token, in whatever way it is written, and one for all that
    /// have no valid one.
    package func callerNumber(authorization: String?) -> Int {
        guard let principal = authorization.flatMap(bearer) else { return 0 }
        return (principal.token ?? principal.name).hashValue
    }

    /// How nearly all write it.
    private static let scheme = Array("Bearer ".utf8)

    private func bearer(_ authorization: String) -> Principal? {
        if authorization.utf8.starts(with: Self.scheme) {
            let token = authorization.utf8.dropFirst(Self.scheme.count)
            if !token.isEmpty, !token.contains(UInt8(ascii: " ")) {
                return served.tokens.principal(Text(String(Substring(token))), at: served.book.now)
            }
        }
        // By bytes: it is read for each request, and words of letters take a tenth of an admission.
        let words = authorization.utf8.split(separator: UInt8(ascii: " ")).map { Substring($0) }
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return served.tokens.principal(Text(String(words[1])), at: served.book.now)
    }

    private func identify(_ head: Head, for operation: Operation) throws(Problem) -> Principal {
        if let principal = head.principal { return principal }
        // A probe may come with the credentials of another server: whether this one lives is told to any caller.
        if operation.grant.isOpen { return Principal(name: "", grants: []) }
        if let sent = try head.headers.single(.authorization) {
            if let principal = bearer(sent) { return principal }
        } else if served.settings.isOpen {
            return .anyone
        }
        throw .noToken
    }

    /// The principal under the name of the caller on behalf of whom it asks: percent-encoded, as a name may have any
    /// letters.
    private func speaker(_ principal: Principal, _ head: Head) throws(Problem) -> Principal {
        guard let encoded = try head.headers.single(.caller) else { return principal }
        let caller = try RequestTarget("/\(encoded)").only
        guard caller.byteCount <= 255, let speaker = principal.speaking(for: caller) else {
            throw Problem(
                .forbidden, "Waybill-Caller is for the owner of the file, who asks through its socket; up to 255 bytes"
            )
        }
        return speaker
    }

    /// Refuses by the head what need not be read.
    private func checkBody(_ head: Head, for operation: Operation) throws(Problem) {
        let length = try head.headers.single(.contentLength)
        if let encoding = head.headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw Problem(.unsupportedMediaType, "the body is encoded as \(encoding); send it without an encoding")
        }
        if let coding = try head.headers.single(.transferEncoding), coding.lowercased() != "chunked" {
            // A proxy in front may take what is within the chunks for something else.
            throw Problem(.badRequest, "Transfer-Encoding is \(coding); chunked alone is taken")
        }
        guard let length else {
            let hasBody = head.headers[.transferEncoding] != nil || head.headers[.contentType] != nil
            return hasBody ? try checkType(head, operation) : ()
        }
        guard let bytes = Int(length), bytes >= 0 else {
            throw Problem(.badRequest, "Content-Length is \(length)")
        }
        guard bytes <= operation.body.bytesMax else { throw .bodyTooLarge(bytes, for: operation) }
        if bytes > 0 { try checkType(head, operation) }
    }

    private func checkType(_ head: Head, _ operation: Operation) throws(Problem) {
        guard let type = try head.headers.single(.contentType) else {
            // A page of any site can make a browser send a body without a type, and no other one without asking first.
            throw Problem(.unsupportedMediaType, "the body has no Content-Type; application/json is taken")
        }
        let name = type.prefix { $0 != ";" && $0 != " " }.lowercased()
        let taken = operation.body.types
        guard taken.contains(name) else {
            let list = taken.joined(separator: " or ")
            throw Problem(.unsupportedMediaType, "the body is \(name); \(list) is taken")
        }
    }
}

/// A request whose head was found right: its body may be read.
package struct Admission: Sendable {
    package let operation: Operation
    package let principal: Principal
    let parameters: [(name: String, value: Text)]
    let headers: CallHeaders
    let query: QueryValues
    let key: Text?
    /// Until this uptime it may begin; nil: whenever its turn comes.
    let end: Interval?
    package let requestID: Text
    let from: Text
    /// The path as it came.
    package let instance: Text
    /// Its place among the requests in work, until it is answered.
    package let place: RequestPlace
    /// The trace context of the server's own span; nil: it traces none.
    private(set) var trace: Text?

    fileprivate func traced(_ trace: Text?) -> Admission {
        guard let trace else { return self }
        var admission = self
        admission.trace = trace
        return admission
    }
}

extension Operation {
    /// Whether it is answered after a failed write: monitors hear by these that the server has stopped.
    fileprivate var tellsOfStop: Bool { grant.isOpen || [Health.metrics.name, Health.showVitals.name].contains(name) }
}

extension ServingState {
    /// Why an operation is refused; nil: it is not. While a server stops it still tells; after a failed write it is
    /// not known what the file holds, and only what is open to all and what monitors ask is answered.
    fileprivate func problem(for operation: Operation) -> Problem? {
        switch self {
        case .ready: return nil
        case .stopping:
            guard operation.method != .get else { return nil }
            var problem = Problem(.shuttingDown, "the server stops; send it again when it is back")
            problem.retryAfter = .seconds(1)
            return problem
        case .stopped(let why):
            return operation.tellsOfStop ? nil : Problem(.failStopped, why)
        }
    }
}

extension Problem {
    /// No token came, or one that is unknown, revoked or expired.
    fileprivate static var noToken: Problem {
        var problem = Problem(
            .unauthenticated,
            "send the header `Authorization: Bearer` with a valid token; `waybill token create` "
                + "makes one")
        problem.headers = [("www-authenticate", "Bearer")]
        return problem
    }

    /// The same, which ends the connection when a body would have to be read before the next request.
    fileprivate func ending(with head: API.Head) -> Problem {
        var problem = self
        problem.endsConnection =
            head.headers[.contentLength].map { $0 != "0" } ?? (head.headers[.transferEncoding] != nil)
        return problem
    }

    /// The methods that a path takes: 405, or what was asked for with OPTIONS.
    fileprivate static func methods(_ methods: [String], insteadOf method: String, _ path: Text) -> Problem {
        let list = Set(methods).sorted().joined(separator: ", ")
        var problem = Problem(.methodNotAllowed, "\(path) takes \(list), not \(method)")
        if method == "OPTIONS" { problem.status = 204 }
        problem.headers = [("allow", list)]
        return problem
    }

    /// A body that is longer than the operation takes.
    ///
    /// - Parameter bytes: its length; nil: it is not known, as the body was not read to its end.
    package static func bodyTooLarge(_ bytes: Int?, for operation: Operation) -> Problem {
        let max = operation.body.bytesMax
        let length = bytes.map { "\($0) bytes" } ?? "more than \(max) bytes"
        let detail =
            max == 0
            ? "\(operation.name) takes no body; send the request without one"
            : "the body has \(length); \(max) is the limit here"
        return Problem(.tooLarge, detail).with(["max": .number(Int64(max))])
    }
}
