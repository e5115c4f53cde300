import WaybillCore

/// One thing that happens in a dry run, as it is written on the command line or in a script.
enum DryRunEvent {
    /// `pay` or `pay={"amount_cents":100}`; `box-1/sign` is for the child order `box-1`.
    case event(EventName, data: [UInt8], child: Text)
    /// `@30m`: time passes.
    case wait(Interval)

    init(_ text: some StringProtocol) throws(CommandFailure) {
        if text.hasPrefix("@") {
            guard let interval = Interval(text: Text(String(text.dropFirst()))) else {
                throw CommandFailure("\(text) is no length of time; write @30m, @1h30m or @10d")
            }
            self = .wait(interval)
            return
        }
        let parts = String(text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "").trimmed
        guard !name.isEmpty, !name.contains(where: { $0.isWhitespace }) else {
            throw CommandFailure("\(text) is no event; write pay, pay={\"amount_cents\":100} or @30m")
        }
        let names = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        self = .event(
            EventName(names.last ?? ""), data: parts.count > 1 ? Array(parts[1].utf8) : [],
            child: Text(names.dropLast().joined(separator: "/")))
    }

    /// One event per line; empty lines and lines that begin with # are left out.
    static func script(_ text: String, name: String) throws(CommandFailure) -> [DryRunEvent] {
        var events: [DryRunEvent] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = String(line).trimmed
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            do throws(CommandFailure) {
                events.append(try DryRunEvent(line))
            } catch {
                throw CommandFailure("\(name):\(index + 1): \(error.message)")
            }
        }
        return events
    }

    /// As it was written, without its data.
    var title: String {
        switch self {
        case .event(let name, _, let child): child.isEmpty ? name.description : "\(child)/\(name)"
        case .wait(let interval): "@\(interval.text)"
        }
    }
}

extension String {
    /// Without the white space around it.
    var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
