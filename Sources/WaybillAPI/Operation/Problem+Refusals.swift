import WaybillBroker
package import WaybillCore

extension Problem {
    /// What a refusal of an order or a stock is over HTTP.
    ///
    /// - Parameter isKept: whether the engine has stored it under the key of its request.
    package init(_ refusal: Refusal, isKept: Bool = false) {
        self.init(ProblemCode(refusal), refusal.message)
        values = refusal.values
        isStored = isKept
        switch refusal {
        case .overloaded(let retryAfter), .crowded(_, _, let retryAfter): self.retryAfter = retryAfter
        case .diskNearlyFull:
            retryAfter = .seconds(10)
            values = values.with("needed_percent", .number(Int64(DiskWatch.ordersNeedPercent)))
        case .shuttingDown: retryAfter = .seconds(1)
        case .badData(_, let path, let problem): findings = [Finding(path: path, message: problem)]
        case .badCursor: values = ["parameter": "cursor"]
        case .notPossible, .invariantBroken, .insufficientStock, .relativeRefused: findings = values.findings
        case .unknownOrder, .orderExists, .unknownWorkflow, .unknownCommand, .wrongRole,
            .versionConflict, .keyReused, .beyondHolding, .stockConflict, .arithmetic, .limit, .soldOut,
            .outcomeUnknown, .failStopped, .undone,
            .rejectedByCaller, .unknownTimeout, .timeoutFired, .noOpenCall, .callEnded, .callNotAnswered:
            break
        case .remembered:
            isStored = true
            findings = values.findings
            // A fence stands under a key that no request has used before.
            if code != .fenced { headers.append(Reply.replayed) }
        }
        // In a body it is a value that does not fit; a path says so itself.
        if case .unknownWorkflow = refusal { status = 422 }
    }
}

extension RefusalValues {
    /// What stands in the way, one finding for each part of a condition and each stock that is short. The path is the
    /// field of the body that the part reads.
    fileprivate var findings: [Problem.Finding] {
        let parts = lists("conditions").flatMap { $0.lists("parts") }
        let conditions = parts.map { part in
            Problem.Finding(path: part.text("field"), message: "\(part.text("text")): \(part.text("finding"))")
        }
        let short = lists("short").map { line in
            Problem.Finding(path: "", message: line.shortage)
        }
        return conditions + short + lists("because_of").flatMap(\.findings)
    }

    private var shortage: String {
        let place = text("location").isEmpty ? "" : " at \(text("location"))"
        let asked = "\(number("asked") ?? 0) of \(text("sku"))\(place) asked"
        guard self["unknown"] == nil, let free = number("free") else { return "\(asked), and there is no such stock" }
        return "\(asked), \(free) \(number("limit").map { "left of the limit of \($0)" } ?? "free")"
    }

    private func lists(_ name: String) -> [RefusalValues] {
        if case .list(let parts)? = self[name] { parts } else { [] }
    }

    private func text(_ name: String) -> String {
        if case .text(let text)? = self[name] { text } else { "" }
    }

    private func number(_ name: String) -> Int64? {
        if case .number(let number)? = self[name] { number } else { nil }
    }
}

extension ProblemCode {
    /// The code of a refusal; one without a row here does not compile.
    package init(_ refusal: Refusal) {
        switch refusal {
        case .unknownOrder: self = .unknownOrder
        case .orderExists: self = .orderExists
        case .unknownWorkflow: self = .unknownWorkflow
        case .unknownCommand: self = .unknownCommand
        case .notPossible: self = .notPossible
        case .wrongRole: self = .wrongRole
        case .badData: self = .badData
        case .versionConflict: self = .versionConflict
        case .keyReused: self = .keyReused
        case .insufficientStock, .soldOut: self = .insufficientStock
        case .beyondHolding: self = .beyondHolding
        case .stockConflict: self = .stockConflict
        case .invariantBroken: self = .invariantBroken
        case .arithmetic: self = .arithmetic
        case .limit: self = .limit
        case .badCursor: self = .badCursor
        case .overloaded: self = .overloaded
        // Not the server is full, but this caller's share of it, or that of a SKU.
        case .crowded: self = .crowded
        case .diskNearlyFull: self = .diskNearlyFull
        case .outcomeUnknown: self = .outcomeUnknown
        case .failStopped: self = .failStopped
        case .shuttingDown: self = .shuttingDown
        case .undone: self = .undone
        case .rejectedByCaller: self = .rejectedByCaller
        case .unknownTimeout: self = .unknownTimeout
        case .timeoutFired: self = .timeoutFired
        case .noOpenCall: self = .noOpenCall
        case .callEnded: self = .callEnded
        case .callNotAnswered: self = .callNotAnswered
        case .relativeRefused(_, _, let code, _, _): self = ProblemCode(rawValue: code) ?? .relativeRefused
        // An answer of an earlier release may have a code that is not used any more.
        case .remembered(let code, _, _): self = ProblemCode(rawValue: code) ?? .notPossible
        }
    }
}
