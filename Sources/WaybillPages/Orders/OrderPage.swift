import WaybillAccess
import WaybillCore

/// One order: what it is, how it came to be so, and what is possible now; as of any event of its past.
enum OrderPage {
    static func answer(_ visit: Visit) async throws(Refused) -> Outcome {
        let shown: OrderShown
        do throws(Refused) {
            shown = try await OrderShown.load(visit)
        } catch {
            guard error.code == "unknown_order", let page = await NeverPlaced.page(visit) else { throw error }
            return .page(page)
        }
        return .page(page(shown, visit))
    }

    private static func page(_ shown: OrderShown, _ visit: Visit) -> Page {
        let messages = OrderMessages(shown: shown)
        let head = OrderHead(shown: shown, messages: messages)
        let principal = visit.asker.principal
        let maySend = visit.asker.may("sendCommand")
        let cards = OrderCards(
            shown: shown, changesTimeouts: visit.asker.may("extendTimeout") && !shown.isPast && !shown.isFinished)
        var page = Page(shown.id, at: .orders) {
            head.crumbs
            head.heading
            head.facts
            visit.done
            TimeControl(shown: shown).section()
            head.notices
            head.stats
            if let workflow = shown.workflow {
                let moves = Moves(shown: shown, workflow: workflow) { roles in
                    maySend && (roles.isEmpty || roles.contains { $0 != "child" && principal.maySpeak(as: Text($0)) })
                }
                StateBoxes(shown, workflow, moves).section()
            }
            div(.class("split")) {
                Timeline(shown: shown).section()
                cards.stack
            }
            messages.section()
        }
        page.asOf = (shown.shownEvents.last?["event"].text).flatMap { Position(text: $0) }
        if shown.isPast {
            page.past = shown.times.now
            page.foot = span {
                "Acts are offered on the present only: "
                a(.href(shown.target.string)) { "go to now" }
            }
        } else if !shown.isFinished {
            page.live = Target("/live/orders", shown.id).string
        }
        return page
    }
}

/// An order that was refused before it was placed: its refusals are all there is.
enum NeverPlaced {
    static func page(_ visit: Visit) async -> Page? {
        let id = visit["order"]
        guard let why = await visit.asker.optional(Target("/v1/orders", id).then("why").string) else { return nil }
        let refusals = why["refusals"].list
        guard !refusals.isEmpty else { return nil }
        let times = Times(now: visit.now)
        return Page(id, at: .orders) {
            p(.class("crumbs")) { a(.href("/orders")) { "Orders" } }
            div(.class("head")) {
                h1(.class("mono")) { HTML.name(id) }
                tag("bad", "never placed", isBig: true)
            }
            section(.class("part")) {
                header {
                    h2 { "Refused" }
                    span(.class("soft small")) { HTML(Numbers.count(Int64(refusals.count), "command")) }
                }
                RefusalList.list(refusals, times)
            }
        }
    }
}

/// Refusals one below the other, the newest first.
enum RefusalList {
    static func list(_ refusals: [JSONValue], _ times: Times) -> HTML {
        ul(.class("card flush todo")) {
            for refusal in refusals {
                li {
                    span(.class("tag bad")) { HTML((refusal["code"].text ?? "").replacing("_", with: " ")) }
                    div {
                        HTML.bold(refusal["command"].text ?? "")
                        HTML.soft(" from \(HTML.name(refusal["caller"].text ?? ""))")
                        RefusalWords.sentence(refusal)
                    }
                    if let at = refusal["at"].moment { span(.class("soft small")) { times.listHTML(at) } }
                }
            }
        }
    }
}
