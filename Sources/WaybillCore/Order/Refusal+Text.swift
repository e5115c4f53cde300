/// Refusals in words: which rule, the current value, what would help.
extension Refusal {
    /// A stable word for programs, reports and metrics.
    public var code: String {
        switch self {
        case .unknownOrder: "unknown_order"
        case .orderExists: "order_exists"
        case .unknownWorkflow: "unknown_workflow"
        case .unknownCommand: "unknown_command"
        case .notPossible: "not_possible"
        case .wrongRole: "wrong_role"
        case .badData: "bad_data"
        case .versionConflict: "version_conflict"
        case .keyReused: "key_reused"
        case .insufficientStock: "insufficient_stock"
        case .beyondHolding: "beyond_holding"
        case .stockConflict: "stock_conflict"
        case .invariantBroken: "invariant_broken"
        case .arithmetic: "arithmetic"
        case .limit: "limit"
        case .overloaded: "overloaded"
        case .crowded: "crowded"
        case .badCursor: "bad_cursor"
        // The same word whether the door or the writer found it.
        case .soldOut: "insufficient_stock"
        case .diskNearlyFull: "disk_nearly_full"
        case .outcomeUnknown: "outcome_unknown"
        case .failStopped: "fail_stopped"
        case .shuttingDown: "shutting_down"
        case .undone: "undone"
        case .rejectedByCaller: "rejected_by_caller"
        case .unknownTimeout: "unknown_timeout"
        case .timeoutFired: "timeout_fired"
        case .noOpenCall: "no_open_call"
        case .callEnded: "call_ended"
        case .callNotAnswered: "call_not_answered"
        case .relativeRefused(_, _, let code, _, _): code
        case .remembered(let code, _, _): code
        }
    }

    /// One sentence for people, on one line whatever the ids in it are.
    public var message: String { sentence.onOneLine }

    private var sentence: String {
        switch self {
        case .unknownOrder(let id): "there is no order \(id); place it first"
        case .orderExists(let id): "the order \(id) exists already"
        case .unknownWorkflow(let name, let meant): "no workflow \(name) is open in this file\(asking(meant))"
        case .unknownCommand(let name, let workflow, let meant):
            "the workflow \(workflow) has no command \(name)\(asking(meant?.text.string))"
        case .notPossible(let name, let status, let states, let guards):
            "\(name) is not possible now: the order is \"\(status)\" in \(states.joined(separator: " + "))"
                + (guards.isEmpty ? "" : guards[0].because == nil ? "; it needs " : "; ")
                + guards.map(\.sentence).joined(separator: " or ")
        case .wrongRole(let name, let role, let allowed):
            "\(name) may be sent by \(allowed.joined(separator: ", ")), not "
                + (role.isEmpty ? "without a role" : "by \(role)")
        case .badData(let name, let path, let problem):
            (name.text.isEmpty ? "the command is wrong" : "the data of \(name) is wrong")
                + "\(path.isEmpty ? "" : " at \(path)"): \(problem)"
        case .versionConflict(let expected, let actual):
            "the order is at version \(actual), not \(expected); read it again and decide again"
        case .keyReused(let key): "the key \(key) was used for another request; use a new key for a new request"
        case .insufficientStock(let sku, let location, let asked, let free, let shortage):
            sentence(
                of: shortage,
                first: Shortage.Line(
                    StockKey(sku: sku, location: location), asked: asked, free: free, lines: shortage.lines,
                    kind: shortage.kind))
        case .beyondHolding(let sku, let location, let asked, let held, let verb):
            "\(verb) \(asked) of \(sku)\(place(location)) goes beyond the \(held) that the order holds"
                + (location.text.isEmpty ? "" : " there")
        case .stockConflict(let sku, let location, let problem): "\(sku)\(place(location)): \(problem)"
        case .invariantBroken(let rule): "it would break the rule: \(rule.sentence)"
        case .arithmetic(let problem): problem
        case .limit(let what, let max): "the limit of \(max) \(what) is reached"
        case .badCursor: "the page token is of another list; ask for the first page of this one"
        case .overloaded(let retryAfter):
            "the intake is full; nothing was stored, try again in \(retryAfter.text)"
        case .crowded(let account, let max, let retryAfter):
            "\(max) requests of \(account) wait already; nothing was stored, try again in \(retryAfter.text)"
        case .soldOut(let sku, let location, let asked):
            "\(asked) of \(sku)\(place(location)) asked, 0 free; refused at the door and not stored, so try again when "
                + "some come back"
        case .diskNearlyFull(let percent): "the disk has \(percent) % free; make room, then send it again"
        case .outcomeUnknown(let reason):
            "whether it was done is not known, because its commit failed (\(reason)); open the file and send it again "
                + "with the same key"
        case .failStopped(let reason): "the engine has stopped after a failed commit (\(reason)); open the file again"
        case .shuttingDown: "the order book is being closed; nothing was stored, send it again when it is open"
        case .undone(let reason): "the write was undone, nothing was kept: \(reason)"
        case .rejectedByCaller(let reason): "the caller's own rows failed, nothing was kept: \(reason)"
        case .unknownTimeout(let name, let order): "no timeout \(name) is pending for the order \(order)"
        case .timeoutFired(let name, let at): "the timeout \(name) fired at \(at.iso8601)"
        case .noOpenCall(let name, let key, let open):
            "\(name) answers a call, and \(key.map { "\($0) is not an open one" } ?? "it has no key"); "
                + (open.isEmpty ? "none is open" : "send it with the key of one: \(open.joined(separator: ", "))")
        case .callEnded(let name, let key, let how, let at):
            "\(name) comes too late for the call \(key): \(how.text)\(at.map { " at \($0.iso8601)" } ?? "")"
                + "; \(how.remedy)"
        case .callNotAnswered(let key, let isOverdue, let ok, let failed):
            "the order would end while its call \(key) is \(isOverdue ? "unanswered" : "open"), and nothing would hear "
                + "the answer; send \(ok) or \(failed) with the key \(key) first"
        case .relativeRefused(let id, let name, _, let message, _): "\(id) refuses \(name): \(message)"
        case .remembered(_, let message, _): message
        }
    }

    private func asking(_ meant: String?) -> String { meant.map { "; did you mean \($0)?" } ?? "" }

    private func sentence(of shortage: Shortage, first: Shortage.Line) -> String {
        let short = ([first] + shortage.others).map(\.sentence).joined(separator: "; ")
        return shortage.because.map { "\($0) (\(short))" } ?? short
    }

    private func place(_ location: Location) -> String { location.text.isEmpty ? "" : " at \(location)" }
}

extension Refusal.CallEnd {
    fileprivate var text: String {
        switch self {
        case .done: "it was answered as done"
        case .failed: "it was answered as failed"
        case .expired: "nobody had answered, and it expired"
        case .withdrawn: "the order withdrew it"
        }
    }

    /// What a worker can do about it.
    fileprivate var remedy: String {
        switch self {
        case .done: "the order counts on it, so if it was not done, tell a person"
        case .failed, .expired, .withdrawn:
            "the order has gone on without it, so if it was done, undo it or tell a person"
        }
    }
}

extension Refusal: CustomStringConvertible {
    public var description: String { message }
}
