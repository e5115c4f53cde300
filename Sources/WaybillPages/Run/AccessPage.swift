import WaybillCore

/// Tokens: who may do what, and until when.
enum AccessPage {
    static func list(_ visit: Visit) async throws(Refused) -> Outcome {
        let list = try await visit.asker.get("/v1/tokens")
        let tokens = list["items"].list.sorted { ($0["created_at"].text ?? "") > ($1["created_at"].text ?? "") }
        return .page(
            Page("Access", at: .access) {
                div(.class("head")) {
                    h1 { "Access" }
                    div(.class("acts")) { a(.class("button"), .href("/access/new")) { "Make a token" } }
                }
                p(.class("lead")) {
                    "A token says who asks and what that one may do. Its secret is shown once, when it is made."
                }
                visit.did
                div(.class("card flush part"), .dataPart("list")) {
                    if tokens.isEmpty {
                        emptyPart("There is no token") {
                            "Programs and people need one; the owner of the file does not, at its socket."
                        }
                    } else {
                        table(tokens, visit)
                    }
                }
            })
    }

    private static func table(_ tokens: [JSONValue], _ visit: Visit) -> HTML {
        let times = visit.times
        return ListTable(
            caption: "Tokens, newest first",
            columns: [
                .init("Token"), .init("May"), .init("State"), .init("Used last"), .init("Made"), .init("Reason"),
                .init("Act"),
            ],
            rows: tokens.map { token in
                let id = token["id"].text ?? ""
                let expires = token["expires_at"].moment ?? times.now
                let isRevoked = token["revoked_at"].moment != nil
                let state =
                    isRevoked
                    ? tag("off", "revoked") : expires <= times.now ? tag("off", "expired") : tag("ok", "valid")
                return [
                    .init(
                        pieces {
                            HTML.bold(token["name"].text ?? "")
                            small(.class("mono")) { HTML(id) }
                        }), .init(HTML(token["grants"].texts.joined(separator: ", ")), isWide: true),
                    .init(
                        pieces {
                            state
                            if !isRevoked { small { times.countdownHTML(expires) } }
                        }, isSaid: true), .init(token["last_used_on"].text.map { HTML($0) } ?? noneHTML("never")),
                    .init(
                        pieces {
                            if let at = token["created_at"].moment { times.relativeHTML(at) }
                            small { "by \(HTML.name(token["created_by"].text ?? ""))" }
                        }), .init(HTML.name(token["reason"].text ?? ""), isWide: true),
                    isRevoked
                        ? .init(noneHTML("nothing to do"), isNone: true)
                        : .init(a(.href(Target("/access", id).then("revoke").string)) { "Revoke" }),
                ]
            }
        ).html
    }

    static func new(_ visit: Visit) async throws(Refused) -> Outcome {
        try visit.require("createToken")
        return .page(form(visit, FormValues()))
    }

    private static func form(_ visit: Visit, _ values: FormValues, refused: Refused? = nil) -> Page {
        var page = Page("Make a token", at: .access) {
            p(.class("crumbs")) { a(.href("/access")) { "Access" } }
            div(.class("head")) { h1 { "Make a token" } }
            ActPreview(
                sentence: "Make a token", target: "/access/new", back: "/access",
                shown: div(.class("filter")) {
                    textField(
                        "Name: how the journal calls it", "name", values["name"], placeholder: "shop-web",
                        isNeeded: true)
                    textField(
                        "May: grants with blanks between", "grants", values["grants"], placeholder: "operator payload",
                        isNeeded: true, bytesMax: 2_000)
                    textField("Good for", "expires_in", values.given("expires_in") ?? "90d", isNeeded: true)
                },
                key: values.given("key") ?? visit.asker.newKey, button: "Make the token",
                undo:
                    "Can be undone: revoke it. Grants are viewer, operator, admin, payload, stock, metrics, "
                    + "orders:ROLE,ROLE, producer:TOPIC, consumer:GROUP",
                reason: values["reason"], refused: refused
            ).html
        }
        if let refused { page.status = refused.status }
        return page
    }

    static func make(_ visit: Visit) async throws(Refused) -> Outcome {
        let form = visit.form
        let body = ActBody.json { writer in
            writer.key("name")
            writer.text(Text(form["name"].trimmingBlanks))
            writer.key("grants")
            writer.beginArray()
            for grant in form["grants"].split(whereSeparator: { $0 == " " || $0 == "\n" || $0 == ";" }) {
                writer.text(Text(String(grant)))
            }
            writer.endArray()
            writer.key("expires_in")
            writer.text(Text(form["expires_in"].trimmingBlanks))
            writer.key("reason")
            writer.text(Text(form["reason"]))
        }
        let token: JSONValue
        do throws(Refused) {
            token = try await visit.asker.change("POST", "/v1/tokens", body, key: form.given("key"))
        } catch {
            guard error.status != 403, error.status < 500 else { throw error }
            return .page(Self.form(visit, form, refused: error))
        }
        return .page(
            Page("A token was made", at: .access) {
                p(.class("crumbs")) { a(.href("/access")) { "Access" } }
                div(.class("head")) { h1 { HTML.name(token["name"].text ?? "") } }
                if let secret = token["token"].text {
                    div(.class("notice ok"), .role("status")) {
                        span(.class("tag ok")) { "made" }
                        div {
                            p { "Keep it now: it is shown this once." }
                            pre(.class("secret")) { HTML(secret) }
                        }
                    }
                } else {
                    div(.class("notice warn")) {
                        span(.class("tag warn")) { "made before" }
                        div {
                            "This form was sent before, and the token was shown then. "
                            "Revoke it and make another if it is lost."
                        }
                    }
                }
                p(.class("part")) { a(.class("button"), .href("/access")) { "To the tokens" } }
            })
    }
}
