import WaybillCore

/// The short cards beside the timeline: what is due, held and known.
struct OrderCards: Sendable {
    let shown: OrderShown
    /// Whether timeouts lead to their acts.
    let changesTimeouts: Bool

    var stack: HTML {
        let money = Money(shown)
        return div(.class("stack")) {
            timeouts
            if !money.isEmpty { money.card }
            if !held.isEmpty { stock }
            if !relatives.isEmpty { family }
            data
        }
    }

    private var timeouts: HTML {
        let pending = shown.order["timeouts"].list
        let fired = shown.shownEvents.filter { $0["type"].text == "$timeout" }
        return section(.class("card"), .id("timeouts"), .dataPart("timeouts")) {
            header {
                h2 { "Timeouts" }
                span(.class("soft small")) { "\(pending.count) pending" }
            }
            if pending.isEmpty, fired.isEmpty {
                p(.class("soft")) { shown.isFinished ? "It is over: nothing fires any more." : "It waits for no time." }
            } else {
                dl(.class("pairs")) {
                    for timeout in pending { pendingPair(timeout) }
                    for event in fired {
                        dt(.class("soft")) { HTML.name(event["timeout"].text ?? "") }
                        dd(.class("soft")) {
                            "fired "
                            if let at = event["at"].moment { shown.times.shortHTML(at) }
                        }
                    }
                }
            }
        }
    }

    private func pendingPair(_ timeout: JSONValue) -> HTML {
        let name = timeout["name"].text ?? ""
        let due = timeout["due"].moment ?? shown.times.now
        return pieces {
            dt { HTML.bold(name) }
            dd { b { shown.times.countdownHTML(due) } }
            dt(.class("soft")) {
                if changesTimeouts {
                    a(.href(shown.target.then("timeouts").then(name).string)) { "Change it" }
                } else {
                    "due"
                }
            }
            dd(.class("soft")) { shown.times.fullHTML(due) }
        }
    }

    private var held: [JSONValue] { shown.order["holds"].list }

    private var stock: HTML {
        let sum = { (name: Text) in held.reduce(Int64(0)) { $0 &+ ($1[name].int ?? 0) } }
        return section(.class("card"), .id("stock"), .dataPart("stock")) {
            header {
                h2 { "Stock held" }
                span(.class("soft small")) {
                    "\(Numbers.grouped(sum("reserved"))) reserved, \(Numbers.grouped(sum("shipped"))) shipped"
                }
            }
            table(.class("plain")) {
                caption(.class("hidden")) { "Stock" }
                thead {
                    tr {
                        th(.scope("col")) { "SKU, place" }
                        th(.scope("col")) { "State" }
                        th(.scope("col"), .class("num")) { "Units" }
                    }
                }
                tbody { for one in held { stockRow(one) } }
            }
        }
    }

    private func stockRow(_ one: JSONValue) -> HTML {
        let (reserved, sold, shipped) = (one["reserved"].int ?? 0, one["sold"].int ?? 0, one["shipped"].int ?? 0)
        let states = [("reserved", reserved), ("sold", sold - shipped), ("shipped", shipped)].filter { $0.1 > 0 }
        let (sku, place) = (one["sku"].text ?? "", one["location"].text ?? "")
        return tr {
            th(.scope("row")) {
                a(.href(Target("/stock", sku).string)) { HTML.name(sku) }
                if !place.isEmpty { small { HTML.name(place) } }
            }
            td { states.map { HTML($0.0) }.joined(by: lineBreak()) }
            td(.class("num")) { states.map { HTML(Numbers.grouped($0.1)) }.joined(by: lineBreak()) }
        }
    }

    private var relatives: [String] { shown.order["children"].texts + [shown.order["parent"].text].compactMap { $0 } }

    private var family: HTML {
        let children = shown.order["children"].texts
        let known = shown.why["children"].list
        return section(.class("card"), .id("family"), .dataPart("family")) {
            header {
                h2 { "Family" }
                span(.class("soft small")) { HTML(Numbers.count(Int64(children.count), "child", "children")) }
            }
            dl(.class("pairs")) {
                if let parent = shown.order["parent"].text {
                    dt { orderLink(parent) }
                    dd(.class("soft")) { "its parent" }
                }
                for child in children {
                    let found = known.first { $0["id"].text == child }
                    dt { orderLink(child) }
                    dd {
                        if let found {
                            mark(found["finished"].bool ? "off" : "wait", found["status"].text ?? "")
                        } else {
                            noneHTML("not shown")
                        }
                    }
                }
            }
        }
    }

    private func orderLink(_ id: String) -> HTML {
        a(.class("mono"), .href(Target("/orders", id).string)) { HTML.name(id) }
    }

    private var data: HTML {
        let context = shown.order["context"]
        return section(.class("card"), .id("data"), .dataPart("data")) {
            header {
                h2 { "Data" }
                span(.class("soft small")) { HTML(Numbers.count(Int64(context.members.count), "field")) }
            }
            details {
                summary { "Show what the order knows" }
                pre { HTML(context.readable()) }
            }
        }
    }
}
