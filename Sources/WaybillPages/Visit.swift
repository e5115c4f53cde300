import WaybillAPI
import WaybillAccess
import WaybillCore

/// One look at a page: who looks, at what.
struct Visit: Sendable {
    let asker: Asker
    let charts: Charts
    let parameters: [String: String]
    let query: FormValues
    /// Of a form that was sent; empty: the page is only looked at.
    let form: FormValues
    let now: Moment
    let lastEventID: String?

    var times: Times { Times(now: now) }

    /// A parameter of the path; the list of pages has no handler that asks for another.
    subscript(_ name: String) -> String { parameters[name] ?? "" }

    /// Where changes are told of, for who may read it.
    var auditWords: HTML {
        guard asker.may("listAudits") else { return HTML() }
        return span {
            "Every change is in the "
            a(.href("/audit")) { "audit" }
        }
    }

    /// What was done with the last form, when the page is its result.
    var done: HTML {
        guard let event = query.given("done"), Position(text: event) != nil else { return HTML() }
        return div(.class("notice ok"), .role("status")) {
            span(.class("tag ok")) { "done" }
            div {
                "It is written in the journal as event "
                HTML.mono(event)
                "."
            }
            if asker.may("listAudits") { a(.href("/audit")) { "Audit" } }
        }
    }
}
