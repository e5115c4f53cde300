import WaybillCore

/// What leads out of the states of an order: commands, time, and what happens by itself, each with its guard.
struct Moves: Sendable {
    let shown: OrderShown
    let workflow: Workflow
    /// Whether a command is led to its act, by the roles that may send it.
    let offers: @Sendable (_ roles: [String]) -> Bool

    private static let summaryMax = 6
    private static let shortGuardMax = 48

    /// The transitions of an active state in full.
    func list(of index: Int) -> HTML {
        let state = workflow.states[index]
        var ways = ways(of: state.path.string)
        let lines = state.transitions.compactMap { line($0, of: state, &ways) }
        guard !lines.isEmpty else { return HTML() }
        return ul(.class("moves")) { for line in lines { line } }
    }

    /// Where the transitions of another state lead, in one line.
    func summary(of index: Int) -> HTML { Self.summary(of: index, in: workflow) }

    static func summary(of index: Int, in workflow: Workflow) -> HTML {
        let state = workflow.states[index]
        var words: [String] = []
        for transition in state.transitions {
            guard let target = transition.target else { continue }
            let word = "\(trigger(transition, workflow)) → \(name(of: target, from: state, workflow))"
            if !words.contains(word) { words.append(word) }
        }
        guard !words.isEmpty else { return HTML() }
        let more = words.count > summaryMax ? "; and \(words.count - summaryMax) more" : ""
        return p(.class("soft small")) { HTML(words.prefix(summaryMax).joined(separator: "; ") + more) }
    }

    /// What sets a transition off, in a few words.
    private static func trigger(_ transition: Transition, _ workflow: Workflow) -> String {
        switch transition.trigger {
        case .event(let name): return name.text.string
        case .timeout(let index): return workflow.timeouts[index].name.text.string
        case .done: return "done"
        case .always:
            guard let text = (transition.because ?? transition.guardText)?.string else { return "by itself" }
            return text.count <= shortGuardMax ? "when \(text)" : "by itself"
        }
    }

    /// A state as it is called within its region.
    private static func name(of target: Int, from state: State, _ workflow: Workflow) -> String {
        let (path, own) = (workflow.states[target].path.string, state.path.string)
        guard let region = own.split(separator: ".").first, path.hasPrefix(region + ".") else { return path }
        return String(path.dropFirst(region.count + 1))
    }

    private func ways(of path: String) -> [Way] {
        shown.why["possible"].list.flatMap { possible in
            possible["ways"].list.filter { ($0["state"].text ?? "") == path }.map { Way(possible, $0) }
        }
    }

    /// One way of a command, as the order tells it.
    private struct Way {
        let command: String
        let roles: [String]
        let target: String?
        let guarding: String?
        let outlook: String
        let obstacles: [JSONValue]
        let reads: [JSONValue]

        init(_ possible: JSONValue, _ way: JSONValue) {
            command = possible["command"].text ?? ""
            roles = possible["roles"].texts
            target = way["target"].text
            guarding = way["guard"].text
            outlook = way["outlook"].text ?? ""
            obstacles = way["obstacles"].list
            reads = way["reads"].list
        }
    }

    private func line(_ transition: Transition, of state: State, _ ways: inout [Way]) -> HTML? {
        switch transition.trigger {
        case .event(let name):
            guard workflow.commands.isEmpty || workflow.command(name) != nil else { return nil }
            let target = transition.target.map { workflow.states[$0].path.string }
            let found = ways.firstIndex {
                $0.command == name.text.string && $0.target == target && $0.guarding == transition.guardText?.string
            }
            let way = found.map { ways.remove(at: $0) }
            return command(name.text.string, transition, of: state, way)
        case .timeout(let index): return timeout(workflow.timeouts[index].name.text.string, transition, of: state)
        case .always:
            return item(.wait, title("by itself", transition, of: state), guardLines(transition, findings: []))
        case .done: return item(.wait, title("when done", transition, of: state), guardLines(transition, findings: []))
        }
    }

    private func command(_ name: String, _ transition: Transition, of state: State, _ way: Way?) -> HTML {
        let roles = way?.roles ?? workflow.command(EventName(Text(name)))?.roles.map(\.string) ?? []
        let mark: Mark
        switch way?.outlook {
        case "open": mark = .ok
        case "by_data": mark = .wait
        default: mark = .off
        }
        let isOffered = !shown.isPast && mark != .off && offers(roles)
        let word = b { HTML(name) }
        let linked = isOffered ? a(.href(shown.target.then("commands").then(name).string)) { word } : word
        var findings: [HTML] = []
        if mark == .off {
            findings = way?.obstacles.map(obstacle) ?? []
        } else {
            findings = way?.reads.map(Self.reading) ?? []
        }
        return item(
            mark, title(linked, transition, of: state, soft: roles.joined(separator: ", ")),
            guardLines(transition, findings: findings))
    }

    private func timeout(_ name: String, _ transition: Transition, of state: State) -> HTML {
        let pending = shown.order["timeouts"].list.first { $0["name"].text == name }
        guard let due = pending?["due"].moment else {
            return item(.off, title(b { HTML(name) }, transition, of: state, soft: "by time"), "not armed")
        }
        let word = b { HTML(name) }
        let linked =
            shown.isPast ? word : a(.href("#timeouts")) { word }
        return item(
            .ok, title(linked, transition, of: state, soft: "by time"),
            pieces {
                shown.times.countdownHTML(due)
                ", due "
                shown.times.fullHTML(due)
            })
    }

    /// What a mark says beside its shape.
    private enum Mark: String {
        case ok, wait, off

        var hidden: String {
            switch self {
            case .ok: "Possible now: "
            case .wait: "Possible, if its data fits: "
            case .off: "Not possible now: "
            }
        }
    }

    private func item(_ mark: Mark, _ title: HTML, _ guarding: HTML) -> HTML {
        li {
            span(.class("mark \(mark.rawValue)")) { span(.class("hidden")) { HTML(mark.hidden) } }
            span { title }
            if !guarding.isEmpty { span(.class("guard")) { guarding } }
        }
    }

    private func title(_ word: HTML, _ transition: Transition, of state: State, soft: String = "") -> HTML {
        pieces {
            word
            if let target = transition.target {
                " → "
                b { HTML(Self.name(of: target, from: state, workflow)) }
            }
            if !soft.isEmpty {
                " "
                span(.class("soft")) { HTML(soft) }
            }
        }
    }

    /// The guard as written, and how it is now.
    private func guardLines(_ transition: Transition, findings: [HTML]) -> HTML {
        var lines: [HTML] = []
        if let because = transition.because?.string { lines.append(HTML(because)) }
        if let text = transition.guardText?.string {
            lines.append(code { HTML(text.split(whereSeparator: \.isWhitespace).joined(separator: " ")) })
        }
        return (lines + findings).joined(by: lineBreak())
    }

    /// What of a guard is not so, and how it is instead.
    private func obstacle(_ part: JSONValue) -> HTML {
        let (text, finding) = (part["text"].text ?? "", part["finding"].text ?? "")
        if text.hasPrefix("IN_STATE('"), text.hasSuffix("')") {
            let path = text.dropFirst(10).dropLast(2)
            let region = path.split(separator: ".").first.map(String.init) ?? ""
            if let here = shown.states.first(where: { $0.hasPrefix(region + ".") }) {
                return "false: \(region) is in \(here.dropFirst(region.count + 1))"
            }
        }
        return finding == "\(text) is false" ? "false now" : HTML(finding)
    }

    /// What a guard reads of the order, with its value.
    static func reading(_ read: JSONValue) -> HTML {
        let (name, value) = (read["name"].text ?? "", read["value"].text ?? "")
        if name.hasSuffix("_cents"), let cents = Int64(value) { return "\(name) is \(Numbers.money(cents))" }
        return "\(name) is \(value)"
    }
}
