import WaybillAPI
import WaybillCore

/// An act that needs nothing but a reason: one operation on one thing.
struct SimpleAct: Sendable {
    /// Its address, with parameters in braces.
    let path: String
    let name: String
    let operation: String
    let place: Place
    let title: String
    let sentence: @Sendable (Visit) -> HTML
    /// The operation's target.
    let target: @Sendable (Visit) -> Target
    /// Where it leads afterwards.
    let back: @Sendable (Visit) -> Target
    let button: String
    var isDangerous = false
    var undo: HTML = ""
    /// The parameter that names the resource for which a grant may be.
    var resource: String?
    var body: @Sendable (Visit) -> [UInt8] = { ActBody.reason($0) }

    var routes: [PageRoute] {
        [
            PageRoute("GET", path, name, at: place) { visit throws(Refused) in
                try visit.require(operation, on: resource.map { visit[$0] })
                return .page(page(visit))
            },
            PageRoute("POST", path, name, at: place) { visit throws(Refused) in
                do throws(Refused) {
                    _ = try await visit.asker.change(
                        "POST", target(visit).string, body(visit), key: takesKey ? visit.form.given("key") : nil)
                } catch {
                    guard error.status != 403 else { throw error }
                    return .page(page(visit, refused: error))
                }
                return .elsewhere(back(visit).with("did", name).string)
            },
        ]
    }

    /// Whether the operation takes a key.
    var takesKey = true

    private func page(_ visit: Visit, refused: Refused? = nil) -> Page {
        var page = Page(title, at: place) {
            p(.class("crumbs")) { a(.href(place.target)) { HTML(place.title) } }
            div(.class("head")) { h1 { HTML(title) } }
            ActPreview(
                sentence: sentence(visit), target: address(visit), back: back(visit).string,
                key: visit.form.given("key") ?? visit.asker.newKey, button: button, isDangerous: isDangerous,
                undo: undo, reason: visit.form["reason"], refused: refused
            ).html
        }
        if let refused { page.status = refused.status }
        return page
    }

    /// The address of this act on what the visit is about, with its query.
    private func address(_ visit: Visit) -> String {
        let path = path.split(separator: "/").map { segment -> String in
            guard segment.hasPrefix("{") else { return String(segment) }
            return Text(visit[String(segment.dropFirst().dropLast())]).asPathSegment
        }
        return "/" + path.joined(separator: "/") + (visit.query.items.isEmpty ? "" : visit.query.query())
    }
}

extension Visit {
    /// Says that the act which led here was done.
    var did: HTML {
        guard query.given("did") != nil else { return HTML() }
        return div(.class("notice ok"), .role("status")) {
            span(.class("tag ok")) { "done" }
            div { "It is done, and written in the audit." }
            if asker.may("listAudits") { a(.href("/audit")) { "Audit" } }
        }
    }
}
