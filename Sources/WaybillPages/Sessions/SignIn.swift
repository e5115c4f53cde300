import WaybillAPI
import WaybillAccess
import WaybillCore

/// Signing in and out, and whose session a request is of.
struct SignIn: Sendable {
    /// A token or a code, and some room.
    static let bodyBytesMax = 4 * 1_024

    let api: API
    let sessions: Sessions
    let brake: SignInBrake
    let firstCode: FirstCode?
    /// Whether browsers reach the server with TLS only.
    let isSecure: Bool

    private var cookie: String { isSecure ? "__Host-waybill" : "waybill-session" }

    /// The id of the session that a request brings; nil: none.
    func session(_ request: PageRequest) -> Text? {
        let prefix = cookie + "="
        for header in request.cookies {
            for part in header.split(separator: ";") {
                let pair = part.drop { $0 == " " }
                if pair.hasPrefix(prefix) { return Text(String(pair.dropFirst(prefix.count))) }
            }
        }
        return nil
    }

    /// Who asks; nil: that is not known.
    func principal(_ request: PageRequest) -> Principal? {
        if let principal = request.principal { return principal }
        if api.served.settings.isOpen { return .anyone }
        guard let id = session(request), let holder = sessions.holder(of: id, at: now) else { return nil }
        switch holder {
        case .firstCode: return .firstSignIn
        case .token(let token): return api.served.tokens.standing(token, at: now)?.principal
        }
    }

    private var now: Moment { api.served.book.now }

    /// The page that asks for a token.
    ///
    /// - Parameter target: where to go then.
    func page(_ target: String, problem: String? = nil, status: Int = 200) -> Page {
        var page = Page("Sign in", at: nil) {
            div(.class("signin card")) {
                h1 { "Waybill" }
                p(.class("soft")) { HTML(fileSentence) }
                if let problem {
                    div(.class("notice bad"), .role("alert")) {
                        span(.class("tag bad")) { "not signed in" }
                        div { HTML(problem) }
                    }
                }
                form(.method("post"), .action("/sign-in")) {
                    input(.type("hidden"), .name("to"), .value(target))
                    label {
                        firstCode == nil ? "Token" : "Token, or the code that the server printed"
                        input(
                            .type("password"), .name("secret"), .required, .autofocus,
                            .autocomplete("current-password"),
                            .noSpelling, .maxlength(200))
                    }
                    button(.class("main")) { "Sign in" }
                }
                p(.class("soft small")) {
                    "A token is made by who runs the server: "
                    code { "waybill token create --db FILE --name NAME --grant operator --reason WHY" }
                }
            }
        }
        page.status = status
        return page
    }

    private var fileSentence: String {
        let name = api.served.book.fileName
        return name.isEmpty ? "Orders in memory" : "Orders of \(name)"
    }

    /// Tries what was typed. Every failure gets the same answer.
    func begin(_ request: PageRequest, _ form: FormValues, requestID: Text) async -> Reply? {
        guard brake.wait(of: request.address, at: now) == nil else { return nil }
        let secret = form["secret"].trimmingBlanks
        if let principal = api.served.tokens.principal(Text(secret), at: now), let token = principal.token {
            return await begin(.token(token), as: principal, request, form, requestID)
        }
        if let firstCode, firstCode.use(secret, at: now) {
            return await begin(.firstCode, as: .firstSignIn, request, form, requestID)
        }
        if let count = brake.fail(request.address, at: now) {
            await note("$sign_in_failures", ["count": .number(Int64(count))], by: "", request, requestID)
        }
        return nil
    }

    private func begin(
        _ holder: Sessions.Holder, as principal: Principal, _ request: PageRequest, _ form: FormValues,
        _ requestID: Text
    ) async -> Reply {
        brake.succeed(request.address)
        // A new id: one that was there before is worth nothing.
        if let old = session(request) { sessions.end(old) }
        let id = sessions.begin(holder, at: now)
        await note(
            "$signed_in", principal.token.map { ["token": .text($0.string)] } ?? [:], by: principal.name, request,
            requestID)
        let target = form["to"]
        let isOwn = Attribute.address(target) == target && target.hasPrefix("/")
        return Reply.seeOther(isOwn ? target : "/", [("set-cookie", setCookie(id.string, seconds: 12 * 3_600))])
    }

    /// Ends the session of a request.
    func end(_ request: PageRequest) -> Reply {
        if let id = session(request) { sessions.end(id) }
        return Reply.seeOther("/sign-in", [("set-cookie", setCookie("", seconds: 0))])
    }

    private func setCookie(_ value: String, seconds: Int) -> String {
        "\(cookie)=\(value); Path=/; HttpOnly; SameSite=Strict; Max-Age=\(seconds)\(isSecure ? "; Secure" : "")"
    }

    private func note(
        _ type: EventName, _ values: RefusalValues, by caller: Text, _ request: PageRequest, _ requestID: Text
    ) async {
        await api.note(type, values, by: caller, from: Text("dashboard, \(request.address)"), requestID: requestID)
    }
}

extension Principal {
    /// Who typed the code that the server printed where it was started: that terminal could open the file as well.
    static let firstSignIn = Principal(name: "first-sign-in", grants: [.admin, .payload])
}

extension Reply {
    /// Leads a browser to another page of this server.
    static func seeOther(_ target: String, _ headers: [(name: String, value: String)] = []) -> Reply {
        Reply(303, headers: [("location", Attribute.address(target))] + headers + SecurityHeaders.ofPages)
    }
}

extension String {
    /// Without blanks and line ends around it, as they come with what is pasted.
    var trimmingBlanks: String {
        let isBlank = { (character: Character) in character.isWhitespace }
        var text = self[...].drop(while: isBlank)
        while let last = text.last, isBlank(last) { text = text.dropLast() }
        return String(text)
    }
}
