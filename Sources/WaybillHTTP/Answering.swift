import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillPages

/// Makes a call of a request, and a response of its reply.
struct Answering: Sendable {
    /// Who is at the other end of an address.
    enum Place: Sendable {
        /// Callers, who show tokens.
        case callers(HostList)
        /// Probes and monitors, who show nothing.
        case probes(HostList)
        /// The owner of the file, at its socket.
        case owner
    }

    let api: API
    private let place: Place
    let logger: Logger
    /// What people see; nil: there is no dashboard.
    let pages: Pages?

    init(_ api: API, _ place: Place, pages: Pages?, _ logger: Logger) {
        self.api = api
        self.place = place
        self.pages = pages
        self.logger = logger
    }

    /// Who asks here; nil: a token tells.
    private var principal: Principal? {
        switch place {
        case .callers: nil
        case .probes: .probe
        case .owner: .owner
        }
    }

    /// The names by which the server may be called; nil: any.
    private var hosts: HostList? {
        switch place {
        case .callers(let hosts), .probes(let hosts): hosts
        case .owner: nil
        }
    }

    private func way(_ channel: any Channel) async -> Text {
        switch place {
        case .callers, .probes: CallersWay.tcp
        case .owner: await CallersWay.socket(channel)
        }
    }

    /// The connection ends, because the rest of the request is not read.
    private struct ConnectionEnds: Error {}

    private static let requestIDName = HTTPField.Name("x-request-id")

    /// This much of the rest of a refused request is read, so that the answer is not lost in a reset.
    private static let drainedBytesMax = 256 * 1_024

    /// Answers a request in a task, which begins at once on the thread that has the request. What its frames took is
    /// given back with the task: a connection that waits for its next request keeps nothing of the last one.
    @concurrent func respond(
        to request: HummingbirdCore.Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        let held = HeldWriter(writer)
        let task = Task.immediate(executorPreference: LoopExecutor.of(channel.eventLoop)) { [self] in
            guard let writer = held.take() else { return }
            try await answer(request, writer, channel)
        }
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    @concurrent private func answer(
        _ request: HummingbirdCore.Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        let head = API.Head(
            method: request.method.rawValue, target: request.head.path ?? "", headers: CallHeaders(request.headers),
            principal: principal, from: await way(channel))
        let requestID = RequestID.read(head.headers, random: api.served.book.random)
        if isForPages(request) {
            return try await respondWithPage(to: request, head, requestID, writer, channel)
        }
        let log = RequestLog(logger, requestID, uptime: api.served.book.uptimeNanoseconds)
        // One for the whole request: what is not read of the body now may be dropped later.
        var parts = request.body.makeAsyncIterator()
        let admission: Admission
        do throws(Problem) {
            try checkHost(request.head)
            try checkOrigin(request.head)
            admission = try api.admit(head, requestID: requestID)
        } catch {
            let reply = error.reply(requestID: requestID, instance: instance(head))
            log?.say(reply)
            try await write(reply, of: head, requestID, writer, ends: error.endsConnection || request.asksToEnd)
            if error.endsConnection { try await Self.drain(&parts) }
            return end(channel, after: request)
        }
        // A client that takes its answer slowly has it in work.
        defer { admission.place.end() }
        if head.headers[.contentLength] != "0", request.headers[.expect]?.lowercased() == "100-continue" {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        let body: [UInt8]
        switch try await Self.collect(&parts, for: admission) {
        case .success(let bytes): body = bytes
        case .failure(let problem):
            api.served.countRefused(problem.code)
            let reply = problem.reply(requestID: requestID, instance: admission.instance)
            log?.say(reply, of: admission)
            try await write(reply, of: head, requestID, writer, ends: true)
            return try await Self.drain(&parts)
        }
        guard admission.operation.isLongPoll else {
            let reply = held(await api.answer(admission, body: body), admission)
            logDefect(reply, of: admission)
            log?.say(reply, of: admission)
            if let stream = reply.stream {
                // Streams are counted among themselves.
                admission.place.end()
                try await write(stream, reply, of: head, requestID, writer, channel)
                return end(channel, after: request)
            }
            try await write(reply, of: head, requestID, writer, ends: request.asksToEnd)
            return end(channel, after: request)
        }
        let (reply, hasGone) = await ClientWatch.whileConnected(
            channel, api.served, token: admission.principal.token
        ) { [api] in
            await api.answer(admission, body: body)
        }
        logDefect(reply, of: admission)
        log?.say(reply, of: admission)
        do {
            // The system may take bytes for a client that has closed: that they were written proves nothing.
            if hasGone, reply.takeBack != nil { throw ConnectionEnds() }
            try await write(reply, of: head, requestID, writer, ends: request.asksToEnd)
            end(channel, after: request)
        } catch {
            await reply.takeBack?()
            throw error
        }
    }

    /// An answer whose bytes are counted; or, when there is no room for them, that there is none.
    private func held(_ reply: Reply, _ admission: Admission) -> Reply {
        do throws(Problem) {
            try admission.place.hold(answer: reply, to: admission.operation)
            return reply
        } catch {
            api.served.countRefused(error.code)
            return error.reply(requestID: admission.requestID, instance: admission.instance)
        }
    }

    /// What is this program's own fault is an operator's to see, not the caller's alone.
    private func logDefect(_ reply: Reply, of admission: Admission) {
        guard let defect = reply.defect else { return }
        logger.error(
            "\(admission.operation.name) met a defect: \(defect.prefix(1_024))",
            metadata: ["request_id": "\(admission.requestID)"])
    }

    /// Ends the connection of a client that asks for it in other letters: Hummingbird does so for `close` only.
    func end(_ channel: any Channel, after request: HummingbirdCore.Request) {
        guard request.asksToEnd, request.headers[.connection] != "close" else { return }
        channel.close(mode: .output, promise: nil)
    }

    private func instance(_ head: API.Head) -> Text { Text(String(head.target.prefix { $0 != "?" }.prefix(1_024))) }

    func checkHost(_ request: HTTPRequest) throws(Problem) {
        // The first one is the authority: with another a proxy may have looked at the other.
        guard !request.headerFields.contains(where: { $0.name.canonicalName == "host" }) else {
            throw refusal(Problem(.badRequest, "the header Host came more than once"))
        }
        guard let hosts, !hosts.allows(request.authority) else { return }
        guard let host = request.authority else {
            throw refusal(Problem(.badRequest, "the header Host is missing; send the name of this server"))
        }
        throw refusal(Problem(.wrongHost, "\(host) is no name of this server; `--host NAME` adds one"))
    }

    /// Nothing but a token or the socket tells who asks: where a server needs neither, pages of other sites may not.
    private func checkOrigin(_ request: HTTPRequest) throws(Problem) {
        guard principal == nil, api.served.settings.isOpen, request.headerFields[.authorization] == nil else { return }
        do throws(Problem) {
            try CrossOriginCheck.check(request, at: request.authority)
        } catch {
            throw refusal(error)
        }
    }

    /// A problem with the head that only this shell sees: counted, and the end of its connection.
    private func refusal(_ problem: Problem) -> Problem {
        var problem = problem
        problem.endsConnection = true
        api.served.countRefused(problem.code)
        return problem
    }

    /// The whole body, or why it is not read to its end.
    @concurrent private static func collect(
        _ parts: inout RequestBody.AsyncIterator, for admission: Admission
    ) async throws -> Result<[UInt8], Problem> {
        var bytes: [UInt8] = []
        while let buffer = try await parts.next() {
            let count = bytes.count + buffer.readableBytes
            guard count <= admission.operation.body.bytesMax else {
                return .failure(Problem.bodyTooLarge(nil, for: admission.operation))
            }
            do throws(Problem) { try admission.place.hold(bodyBytes: count) } catch { return .failure(error) }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return .success(bytes)
    }

    /// Reads what has been sent of a refused request, and ends the connection.
    @concurrent static func drain(_ parts: inout RequestBody.AsyncIterator) async throws {
        var count = 0
        while let buffer = try await parts.next() {
            count += buffer.readableBytes
            if count > drainedBytesMax { break }
        }
        throw ConnectionEnds()
    }

    @concurrent func write(
        _ reply: Reply, of head: API.Head, _ requestID: Text, _ writer: consuming ResponseWriter, ends: Bool
    ) async throws {
        let response = responseHead(reply, requestID, ends: ends)
        if head.method == "HEAD" || reply.body.isEmpty || reply.status == 204 {
            try await writer.writeResponse(response)
        } else {
            try await writer.write(response: response, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
        }
    }

    @concurrent func write(
        _ stream: EventStream, _ reply: Reply, of head: API.Head, _ requestID: Text,
        _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        var response = responseHead(reply, requestID, ends: false)
        response.headerFields[.contentLength] = nil
        // nginx gathers what it passes on unless it is told not to.
        if let name = HTTPField.Name("x-accel-buffering") { response.headerFields[name] = "no" }
        guard head.method != "HEAD" else {
            stream.close()
            return try await writer.writeResponse(response)
        }
        try await EventStreamWriter(stream, on: channel).write(after: response, to: writer)
    }

    private func responseHead(_ reply: Reply, _ requestID: Text, ends: Bool) -> HTTPResponse {
        var fields = HTTPFields()
        fields.reserveCapacity(reply.headers.count + 6)
        // Each comes once, so none is looked for among the others.
        fields.append(HTTPField(name: .date, value: HTTPDate.text(of: api.served.book.now)))
        fields.append(Self.noStore)
        fields.append(Self.noSniff)
        if let name = Self.requestIDName { fields.append(HTTPField(name: name, value: requestID.string)) }
        if let type = reply.contentType { fields.append(HTTPField(name: .contentType, value: type)) }
        if reply.status != 204 { fields.append(HTTPField(name: .contentLength, value: "\(reply.body.count)")) }
        // A server that stops says so with its last answer on each connection.
        if ends || api.served.now != .ready { fields.append(HTTPField(name: .connection, value: "close")) }
        for (name, value) in reply.headers {
            // What came from outside may hold what a header field must not.
            guard let name = Self.fieldName(name), HTTPField.isValidValue(value) else { continue }
            fields[name] = value
        }
        return HTTPResponse(status: HTTPResponse.Status(code: reply.status), headerFields: fields)
    }
}

extension Answering {
    private static let noStore = HTTPField(name: .cacheControl, value: "no-store")
    private static let noSniff = HTTPField(name: .xContentTypeOptions, value: "nosniff")

    /// The name of a header field of an answer; those of each placement are not parsed each time.
    private static func fieldName(_ name: String) -> HTTPField.Name? {
        switch name {
        case "etag": .eTag
        case "location": .location
        default: HTTPField.Name(name)
        }
    }
}

/// Hands the writer of an answer to the task that answers.
///
/// Sendable, though unchecked: it is put in before that task begins, and only that task takes it.
private final class HeldWriter: @unchecked Sendable {
    private var writer: ResponseWriter?

    init(_ writer: consuming ResponseWriter) { self.writer = consume writer }

    /// The writer; nil: it was taken.
    func take() -> ResponseWriter? { writer.take() }
}

extension HummingbirdCore.Request {
    /// Whether its connection ends with the answer because the client says so.
    var asksToEnd: Bool {
        guard let connection = headers[.connection] else { return false }
        return connection.split { $0 == "," || $0 == " " || $0 == "\t" }.contains { $0.lowercased() == "close" }
    }
}

extension CallHeaders {
    /// Takes over the fields that mean something here.
    fileprivate init(_ fields: HTTPFields) {
        self.init()
        for field in fields {
            if let name = RequestHeader.named(field.name.canonicalName) { add(name, field.value) }
        }
    }
}
