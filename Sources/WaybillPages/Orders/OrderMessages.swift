import WaybillCore

/// What an order has sent, and which groups have had it. Groups are shown as they are now, whatever moment is shown.
struct OrderMessages: Sendable {
    let shown: OrderShown
    /// Groups with a column each; further ones are told in the trace of a message.
    private static let groupsMax = 8

    /// What the shown events have sent, the newest first.
    private var sent: [(event: Int64, at: Moment?, message: JSONValue)] {
        shown.shownEvents.flatMap { event in
            event["messages"].list.map { (event["version"].int ?? 0, event["at"].moment, $0) }
        }.reversed()
    }

    private func trace(_ id: String) -> JSONValue? { shown.messages.first { $0["id"].text == id } }

    /// Groups that have had, or wait for, any of the messages.
    private var groups: [String] {
        var names: [String] = []
        for message in shown.messages {
            for group in message["groups"].list where group["standing"].text != "not_subscribed" {
                if let name = group["group"].text, !names.contains(name) { names.append(name) }
            }
        }
        return names.sorted()
    }

    /// How many wait, by group.
    var waiting: [(group: String, count: Int)] {
        groups.compactMap { name in
            let count = shown.messages.count { message in
                message["groups"].list.contains {
                    $0["group"].text == name
                        && ["waiting", "started", "comes_again"].contains($0["standing"].text ?? "")
                }
            }
            return count == 0 ? nil : (name, count)
        }
    }

    var count: Int { sent.count }

    func section() -> HTML {
        let sent = sent
        let groups = Array(groups.prefix(Self.groupsMax))
        return WaybillPages.section(.class("part"), .id("messages"), .dataPart("messages")) {
            header {
                h2 { "Messages" }
                span(.class("soft small")) {
                    if shown.isPast {
                        "Groups as they stand now, "
                        Times(now: shown.now).fullHTML(shown.now)
                        ", whatever moment is shown above"
                    } else {
                        "and which groups have had them"
                    }
                }
            }
            div(.class("card flush")) {
                if sent.isEmpty {
                    emptyPart("It has sent nothing") {
                        "What its workflow sends is listed here, with the groups that get it."
                    }
                } else {
                    ListTable(
                        caption: "Messages and the groups that have had them",
                        columns: [ListTable.Column("Message"), ListTable.Column("Sent by")]
                            + groups.map { ListTable.Column($0) },
                        rows: sent.map { row($0.event, $0.at, $0.message, groups) }
                    ).html
                }
            }
        }
    }

    private func row(_ event: Int64, _ at: Moment?, _ message: JSONValue, _ groups: [String]) -> [ListTable.Cell] {
        let (id, topic) = (message["id"].text ?? "", message["topic"].text ?? "")
        let name = message["tag"].text.map { "\(topic):\($0)" } ?? topic
        let trace = trace(id)
        let head = ListTable.Cell(
            pieces {
                a(.href(Target("/messages", id).string)) { HTML.name(name) }
                small(.class("mono")) { HTML(MessageName.short(id)) }
            })
        let sentBy = ListTable.Cell(
            pieces {
                a(.href("#event-\(event)")) { "event \(event)" }
                small {
                    if let at { shown.times.shortHTML(at) }
                    standing(trace)
                }
            })
        return [head, sentBy] + groups.map { group in cell(group, trace) }
    }

    /// Whether consumers can get it yet.
    private func standing(_ trace: JSONValue?) -> HTML {
        guard let trace else { return ", no longer kept" }
        switch trace["standing"].text {
        case "half": return ", half: waits for its answer"
        case "half_parked": return ", half: needs a person"
        case "delayed":
            return trace["delayed_until"].moment.map { ", from \(shown.times.shortHTML($0)) on" as HTML } ?? HTML()
        case "rolled_back": return ", rolled back"
        case "recalled": return ", recalled"
        default: return HTML()
        }
    }

    private func cell(_ group: String, _ trace: JSONValue?) -> ListTable.Cell {
        let found = trace?["groups"].list.first { $0["group"].text == group }
        guard let standing = found?["standing"].text, standing != "not_subscribed" else {
            return ListTable.Cell(noneHTML("not subscribed"), isNone: true)
        }
        let (role, word) = GroupWords.standing(standing)
        return ListTable.Cell(mark(role, word))
    }
}

/// How messages are called on pages.
enum MessageName {
    /// `e3104-0` of `e3104-0-87250e3c806a6d3a`: the rest tells files apart.
    static func short(_ id: String) -> String {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].count == 16, parts[0].hasPrefix("e") else { return id }
        return "\(parts[0])-\(parts[1])"
    }
}

/// Where a group stands with a message, in a word.
enum GroupWords {
    static func standing(_ standing: String) -> (role: String, word: String) {
        switch standing {
        case "finished": ("ok", "done")
        case "waiting": ("wait", "waits")
        case "started": ("wait", "started")
        case "comes_again": ("warn", "comes again")
        case "parked": ("bad", "parked")
        case "dead": ("bad", "dead letter")
        default: ("off", standing.replacing("_", with: " "))
        }
    }
}
