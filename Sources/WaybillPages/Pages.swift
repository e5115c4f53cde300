package import WaybillAPI
import WaybillAccess
package import WaybillCore

/// The dashboard: pages for people, made of what the operations of the server answer.
///
/// ```
/// request ──► asset? sign-in? ──► whose session? ──► which page? ──► asks operations ──► HTML in its frame
///                                  │ none                              │ refused
///                                  ▼                                   ▼
///                               to the sign-in                      a page that says why
/// ```
package struct Pages: Sendable {
    private let api: API
    private let signIn: SignIn
    private let charts = Charts()

    /// Bytes of a form: a workflow's text, percent-encoded.
    private static let formBytesMax = 1_024 * 1_024

    /// - Parameters:
    ///   - firstCode: what signs in while the file has no token; nil: nothing but tokens do.
    ///   - isSecure: whether browsers reach the server with TLS only.
    package init(_ api: API, firstCode: FirstCode? = nil, isSecure: Bool = false) {
        self.api = api
        signIn = SignIn(
            api: api, sessions: Sessions(random: api.served.book.random), brake: SignInBrake(), firstCode: firstCode,
            isSecure: isSecure)
    }

    private static let firstSegments = Set(
        PageRoute.all.compactMap(\.segments.first) + ["assets", "sign-in", "sign-out"])

    /// Whether a path is one of the dashboard's, and no operation has it.
    package func takes(_ target: String) -> Bool {
        let path = target.prefix { $0 != "?" }
        guard path.hasPrefix("/") else { return false }
        let first = path.dropFirst().prefix { $0 != "/" }
        return (path == "/" || Self.firstSegments.contains(String(first))) && !api.hasOperation(at: target)
    }

    /// Bytes of a body that are read of a request: none of one who is not known, but to sign in.
    package func bodyBytesMax(of request: PageRequest) -> Int {
        guard request.method == "POST" else { return 0 }
        if request.target == "/sign-in" { return SignIn.bodyBytesMax }
        return signIn.principal(request) == nil ? 0 : Self.formBytesMax
    }

    /// Answers a request of a browser.
    ///
    /// - Parameter body: a form; no longer than ``bodyBytesMax(of:)`` says.
    package func answer(_ request: PageRequest, body: [UInt8], requestID: Text) async -> Reply {
        let path = String(request.target.prefix { $0 != "?" })
        if path.hasPrefix("/assets/") {
            return Asset.all.first { $0.path == path }?.reply ?? Reply(404, headers: SecurityHeaders.ofAll)
        }
        let isChange = request.method == "POST"
        guard isChange || request.method == "GET" || request.method == "HEAD" else {
            return Reply(405, headers: [("allow", "GET, HEAD, POST")] + SecurityHeaders.ofAll)
        }
        let principal = signIn.principal(request)
        guard !isChange || request.isOfThisOrigin else {
            return show(
                Problems.page(Refused(status: 403, code: "forbidden", detail: Self.foreign)), to: principal, request)
        }
        let (segments, query): ([Text], FormValues)
        do throws(Problem) {
            let target = try RequestTarget(request.target)
            segments = target.segments
            query = FormValues(target.query.map { ($0.name, $0.value.string) })
        } catch {
            return show(
                Problems.page(Refused(status: error.status, code: error.code.rawValue, detail: error.detail)),
                to: principal, request)
        }
        let form = isChange ? FormValues(body) : FormValues()
        switch path {
        case "/sign-in": return await signIn(request, query, form, requestID)
        case "/sign-out": return isChange ? signIn.end(request) : .seeOther("/")
        default: break
        }
        guard let principal else {
            let target = isChange ? "/" : request.target
            return .seeOther(Target("/sign-in").with("to", target == "/" ? nil : target).string)
        }
        return await answer(request, segments, query, form, principal, requestID)
    }

    private static let foreign =
        "the form does not come from a page of this server, as the browser tells; open the page here and send it again"

    private func signIn(
        _ request: PageRequest, _ query: FormValues, _ form: FormValues, _ requestID: Text
    ) async -> Reply {
        if request.method != "POST" {
            if request.principal != nil || api.served.settings.isOpen { return .seeOther("/") }
            return show(signIn.page(query["to"]), to: nil, request)
        }
        if let wait = signIn.brake.wait(of: request.address, at: api.served.book.now) {
            var reply = show(
                signIn.page(
                    form["to"], problem: "Too many attempts failed. Try again in \(Times.length(wait)).", status: 429),
                to: nil, request)
            reply.headers.append(("retry-after", "\((wait.milliseconds + 999) / 1_000)"))
            return reply
        }
        if let reply = await signIn.begin(request, form, requestID: requestID) { return reply }
        return show(
            signIn.page(
                form["to"], problem: "This token opens nothing: it is mistyped, expired or revoked.", status: 401),
            to: nil, request)
    }

    private func answer(
        _ request: PageRequest, _ segments: [Text], _ query: FormValues, _ form: FormValues, _ principal: Principal,
        _ requestID: Text
    ) async -> Reply {
        let engine = api.served.book
        let began = engine.uptimeNanoseconds()
        let method = request.method == "HEAD" ? "GET" : request.method
        let matches = PageRoute.all.filter { $0.parameters(of: segments) != nil }
        guard let route = matches.first(where: { $0.method == method }) else {
            let refused =
                matches.isEmpty
                ? Refused(status: 404, code: "not_found", detail: "There is no page at this address.")
                : Refused(status: 405, code: "method_not_allowed", detail: "This address takes no \(method).")
            return show(Problems.page(refused), to: principal, request)
        }
        let visit = Visit(
            asker: Asker(api: api, principal: principal, requestID: requestID), charts: charts,
            parameters: route.parameters(of: segments) ?? [:], query: query, form: form, now: engine.now,
            lastEventID: request.lastEventID)
        let reply: Reply
        do throws(Refused) {
            switch try await route.handler(visit) {
            case .page(let page): reply = show(page, to: principal, request)
            case .elsewhere(let target): reply = .seeOther(target)
            case .reply(let answer): reply = answer
            }
        } catch {
            reply = show(Problems.page(error, at: route.place), to: principal, request)
        }
        let ended = engine.uptimeNanoseconds()
        api.served.requests.add(route.name, status: reply.status, took: ended > began ? ended - began : 0)
        return reply
    }

    private func show(_ page: Page, to principal: Principal?, _ request: PageRequest) -> Reply {
        let shown = principal.map { Asker(api: api, principal: $0, requestID: "") }
        let frame = Frame(
            file: api.served.book.fileName, principal: page.place == nil && page.status < 400 ? nil : principal,
            hasSession: request.principal == nil && signIn.session(request) != nil && principal != nil,
            isOpen: api.served.settings.isOpen && request.principal == nil,
            places: Set(Place.allCases.filter { shown?.may($0.operation) ?? false }), now: api.served.book.now)
        let html = frame.document(page).markup
        return Reply(
            page.status, headers: SecurityHeaders.ofPages, body: Array(html.utf8),
            contentType: "text/html; charset=utf-8")
    }
}

extension FormValues {
    /// Reads a form of `application/x-www-form-urlencoded`, which is written like a query.
    init(_ body: [UInt8]) {
        do throws(Problem) {
            self.init(try RequestTarget.query(body).map { ($0.name, $0.value.string) })
        } catch {
            self.init()
        }
    }
}
