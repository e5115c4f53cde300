import WaybillCore

/// The page that says why there is no other.
enum Problems {
    static func page(_ refused: Refused, at place: Place? = nil) -> Page {
        let title: String
        switch refused.status {
        case 401, 403: title = "Not allowed"
        case 404: title = "Not found"
        case 429, 503: title = "Not now"
        case 500...: title = "Something went wrong"
        default: title = "Not possible"
        }
        var page = Page(title, at: place) {
            div(.class("head")) { h1 { HTML(title) } }
            notice(refused)
            p(.class("part")) { a(.class("button"), .href("/")) { "To the overview" } }
        }
        page.status = refused.status
        return page
    }

    /// Why something was not done.
    static func notice(_ refused: Refused) -> HTML {
        div(.class("notice bad"), .role("alert")) {
            span(.class("tag bad")) { HTML(refused.code.replacing("_", with: " ")) }
            div {
                HTML.name(refused.detail)
                if !refused.findings.isEmpty {
                    ul {
                        for finding in refused.findings {
                            li(.class("soft")) {
                                if let line = finding["line"].int {
                                    "Line \(line), column \(finding["column"].int ?? 0): "
                                }
                                HTML.name(finding["message"].text ?? "")
                            }
                        }
                    }
                }
            }
        }
    }
}
