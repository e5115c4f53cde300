/// Refusals as values with names: what their sentences say, for programs.
extension Refusal {
    /// What it says, by names.
    public var values: RefusalValues {
        let none = RefusalValues()
        return switch self {
        case .unknownOrder(let id), .orderExists(let id): none.with("order", id.text)
        case .unknownWorkflow(let name, let meant):
            none.with("workflow", name).with("meant", meant.map { .text($0) })
        case .unknownCommand(let name, let workflow, let meant):
            none.with("command", name.text).with("workflow", workflow.text)
                .with("meant", meant.map { .text($0.text.string) })
        case .notPossible(let name, let status, let states, let guards):
            none.with("command", name.text).with("status", status).with("states", .texts(states))
                .with("guards", guards.isEmpty ? nil : .texts(guards.map(\.text)))
                .with("conditions", guards.isEmpty ? nil : .list(guards.map(\.values)))
        case .wrongRole(let name, let role, let allowed):
            none.with("command", name.text).with("role", role).with("allowed", .texts(allowed))
        case .badData(let name, let path, let problem):
            none.with("command", name.text).with("path", path).with("problem", problem)
        case .versionConflict(let expected, let actual): none.with("expected", expected).with("actual", actual)
        case .keyReused(let key): none.with("key", key)
        case .insufficientStock(let sku, let location, let asked, let free, let shortage):
            shortage.values(
                first: Shortage.Line(
                    StockKey(sku: sku, location: location), asked: asked, free: free, lines: shortage.lines,
                    kind: shortage.kind))
        case .soldOut(let sku, let location, let asked):
            none.with(sku: sku, at: location).with("asked", asked).with("free", 0)
        case .beyondHolding(let sku, let location, let asked, let held, let verb):
            none.with(sku: sku, at: location).with("asked", asked).with("held", held).with("verb", verb)
        case .stockConflict(let sku, let location, let problem):
            none.with(sku: sku, at: location).with("problem", problem)
        case .invariantBroken(let rule): none.with("rule", rule.text).with("conditions", .list([rule.values]))
        case .arithmetic(let problem): none.with("problem", problem)
        case .limit(let what, let max): none.with("limit", what).with("max", Int64(max))
        case .overloaded(let retryAfter): none.with("retry_after_ms", retryAfter)
        case .crowded(let account, let max, let retryAfter):
            none.with("account", account).with("max", Int64(max)).with("retry_after_ms", retryAfter)
        case .shuttingDown, .badCursor: none
        case .diskNearlyFull(let percent): none.with("free_percent", Int64(percent))
        case .outcomeUnknown(let reason), .failStopped(let reason), .undone(let reason),
            .rejectedByCaller(let reason):
            none.with("reason", reason)
        case .unknownTimeout(let name, let order): none.with("timeout", name.text).with("order", order.text)
        case .timeoutFired(let name, let at): none.with("timeout", name.text).with("at", at)
        case .noOpenCall(let name, let key, let open):
            none.with("command", name.text).with("key", key.map { .text($0) }).with("open", .texts(open))
        case .callEnded(let name, let key, let how, let at):
            none.with("command", name.text).with("key", key).with("ended", how.word)
                .with("at", at.map { .text($0.iso8601) })
        case .callNotAnswered(let key, let isOverdue, let ok, let failed):
            none.with("key", key).with("is_overdue", .flag(isOverdue)).with("ok", ok.text)
                .with("failed", failed.text)
        case .relativeRefused(let id, let name, let code, let message, let values):
            none.with("order", id.text).with("command", name.text).with("code", code).with("message", message)
                .with("because_of", values.isEmpty ? nil : .list([values]))
        case .remembered(_, _, let values): values
        }
    }
}

extension Refusal.CallEnd {
    fileprivate var word: String {
        switch self {
        case .done: "done"
        case .failed: "failed"
        case .expired: "expired"
        case .withdrawn: "withdrawn"
        }
    }
}
