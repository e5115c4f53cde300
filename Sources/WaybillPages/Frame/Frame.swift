import WaybillAccess
import WaybillCore

/// What is around every page: navigation, who has signed in, and how old the page is.
struct Frame: Sendable {
    /// The name of the file; empty: it is in memory.
    let file: String
    /// Nil: not signed in.
    let principal: Principal?
    /// Whether there is a session that can be ended.
    let hasSession: Bool
    let isOpen: Bool
    /// Where the navigation leads for this principal.
    let places: Set<Place>
    let now: Moment

    func document(_ page: Page) -> HTML {
        HTML.document(
            HTML(
                "html",
                [.lang("en"), .dataNow(now.iso8601), page.past == nil ? nil : .dataPast],
                pieces {
                    head {
                        meta(.charset("utf-8"))
                        meta(.name("viewport"), .content("width=device-width, initial-scale=1"))
                        meta(.name("referrer"), .content("no-referrer"))
                        title { "\(page.title) – Waybill" }
                        link(.rel("icon"), .type("image/svg+xml"), .href(Asset.icon.path))
                        link(.rel("stylesheet"), .href(Asset.style.path))
                        script(.src(Asset.script.path), .defer)
                    }
                    body {
                        a(.class("skip"), .href("#main")) { "Skip to the page" }
                        if principal == nil { outside(page) } else { inside(page) }
                    }
                }))
    }

    /// The page for signing in has no navigation.
    private func outside(_ page: Page) -> HTML {
        mainPart(.id("main"), .class("outside"), .tabindex(-1)) { page.content }
    }

    private func inside(_ page: Page) -> HTML {
        pieces {
            header(.class("topbar")) {
                b { "Waybill" }
                span(.class("soft small mono")) { HTML(file) }
                a(.class("button"), .href("#menu")) { "Menu" }
            }
            div(.class("frame")) {
                navigation(page.place)
                mainPart(.id("main"), .tabindex(-1), page.live.map { .dataLive($0) }) {
                    page.content
                    foot(page)
                }
            }
        }
    }

    private func navigation(_ place: Place?) -> HTML {
        nav(.class("side"), .id("menu"), .label("Pages")) {
            div {
                div(.class("brand")) {
                    b { "Waybill" }
                    span(.class("soft small")) {
                        if file.isEmpty {
                            "in memory"
                        } else {
                            span(.class("mono")) { HTML(file) }
                            ", durable"
                        }
                    }
                }
                for group in Place.groups {
                    let shown = group.places.filter { places.contains($0) }
                    if !shown.isEmpty {
                        p(.class("name")) { HTML(group.title) }
                        ul {
                            for one in shown {
                                li {
                                    a(.href(one.target), one == place ? .current("page") : nil) { HTML(one.title) }
                                }
                            }
                        }
                    }
                }
                who
                a(.class("button close"), .href("#main")) { "Close menu" }
            }
        }
    }

    private var who: HTML {
        div(.class("who small")) {
            b { bdi { HTML(principal?.name.string ?? "") } }
            div(.class("soft")) { HTML(rights) }
            if isOpen { span(.class("tag warn")) { "open: no token is asked for" } }
            if hasSession {
                form(.method("post"), .action("/sign-out")) { button(.class("quiet")) { "Sign out" } }
            }
        }
    }

    /// What the principal may do, in words.
    private var rights: String {
        guard let grants = principal?.grants else { return "" }
        var words: [String] = []
        if grants.contains(.admin) {
            words.append("administrator")
        } else if grants.contains(.operator) {
            words.append("operator")
        } else if grants.contains(.viewer) {
            words.append("viewer")
        }
        let roles = principal?.roles ?? []
        if !roles.isEmpty { words.append("orders as \(roles.map(\.string).joined(separator: ", "))") }
        if grants.contains(.payload) { words.append("sees bodies") }
        return words.isEmpty ? "no grant for pages" : words.joined(separator: ", ")
    }

    private func foot(_ page: Page) -> HTML {
        p(.class("foot")) {
            span(.dataPart("as-of")) {
                "As of "
                if let asOf = page.asOf {
                    span(.class("mono")) { HTML(asOf.text) }
                    ", "
                }
                Times(now: now).fullHTML(now)
                " UTC"
            }
            if page.live != nil { span(.id("live")) { "Reload shows what is new" } }
            page.foot
        }
    }
}

extension Attribute {
    fileprivate static func dataNow(_ time: String) -> Attribute { Attribute(data: "now", time) }
    fileprivate static let dataPast = Attribute(data: "past", "yes")
}
