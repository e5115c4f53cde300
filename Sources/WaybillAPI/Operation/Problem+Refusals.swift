package import WaybillCore

extension Problem {
    /// What a refusal of an order or a stock is over HTTP.
    package init(_ refusal: Refusal) {
        self.init(ProblemCode(refusal), refusal.message)
        values = Self.values(of: refusal)
        isStored = refusal.isKept
        switch refusal {
        case .overloaded(let retryAfter), .crowded(_, _, let retryAfter): self.retryAfter = retryAfter
        case .diskNearlyFull: retryAfter = .seconds(10)
        case .badData(_, let path, let problem): findings = [Finding(path: path, message: problem)]
        case .unknownOrder, .orderExists, .unknownWorkflow, .unknownCommand, .notPossible, .wrongRole,
            .versionConflict, .keyReused, .insufficientStock, .beyondHolding, .stockConflict, .invariantBroken,
            .arithmetic, .limit, .soldOut, .outcomeUnknown, .failStopped, .undone, .rejectedByCaller, .unknownTimeout,
            .timeoutFired, .noOpenCall, .callEnded, .callNotAnswered, .relativeRefused, .remembered:
            break
        }
        // In a body it is a value that does not fit; a path says so itself.
        if case .unknownWorkflow = refusal { status = 422 }
    }

    /// The values that a refusal's sentence names.
    private static func values(of refusal: Refusal) -> [(name: StaticString, value: Value)] {
        switch refusal {
        case .unknownOrder(let id), .orderExists(let id): [("order", .text(id.text))]
        case .unknownWorkflow(let name): [("workflow", .text(Text(name)))]
        case .unknownCommand(let command, let workflow):
            [("command", .text(command.text)), ("workflow", .text(workflow.text))]
        case .notPossible(let command, let status, let states, let guards):
            [
                ("command", .text(command.text)), ("status", .text(Text(status))),
                ("states", .texts(states.map { Text($0) })), ("guards", .texts(guards.map { Text($0) })),
            ]
        case .wrongRole(let command, let role, let allowed):
            [
                ("command", .text(command.text)), ("role", .text(Text(role))),
                ("allowed", .texts(allowed.map { Text($0) })),
            ]
        case .badData(let command, let path, _): [("command", .text(command.text)), ("path", .text(Text(path)))]
        case .versionConflict(let expected, let actual): [("expected", .int(expected)), ("actual", .int(actual))]
        case .keyReused(let key): [("key", .text(Text(key)))]
        case .insufficientStock(let sku, let location, let asked, let free):
            stock(sku, location) + [("asked", .int(asked)), ("free", .int(free))]
        case .beyondHolding(let sku, let location, let asked, let held, _):
            stock(sku, location) + [("asked", .int(asked)), ("held", .int(held))]
        case .soldOut(let sku, let location, let asked):
            stock(sku, location) + [("asked", .int(asked)), ("free", .int(0))]
        case .stockConflict(let sku, let location, _): stock(sku, location)
        case .limit(let what, let max): [("limit", .text(Text(what))), ("max", .int(Int64(max)))]
        case .crowded(let account, let max, _): [("account", .text(Text(account))), ("max", .int(Int64(max)))]
        case .diskNearlyFull(let percent): [("free_percent", .int(Int64(percent)))]
        case .timeoutFired(let name, let at): [("timeout", .text(name.text)), ("at", .text(Text(at.iso8601)))]
        case .noOpenCall(let command, _, let open):
            [("command", .text(command.text)), ("open", .texts(open.map { Text($0) }))]
        case .callEnded(let command, let key, _, _): [("command", .text(command.text)), ("key", .text(Text(key)))]
        case .callNotAnswered(let key, _, let ok, let failed):
            [("key", .text(Text(key))), ("ok", .text(ok.text)), ("failed", .text(failed.text))]
        case .relativeRefused(let order, let command, _, _):
            [("order", .text(order.text)), ("command", .text(command.text))]
        case .invariantBroken, .arithmetic, .overloaded, .outcomeUnknown, .failStopped, .undone, .rejectedByCaller,
            .unknownTimeout, .remembered:
            []
        }
    }

    private static func stock(_ sku: SKU, _ location: Location) -> [(name: StaticString, value: Value)] {
        [("sku", .text(sku.text)), ("location", .text(location.text))]
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
        case .overloaded: self = .overloaded
        // Not the server is full, but this caller's share of it, or that of a SKU.
        case .crowded: self = .crowded
        case .diskNearlyFull: self = .diskNearlyFull
        case .outcomeUnknown: self = .outcomeUnknown
        case .failStopped: self = .failStopped
        case .undone: self = .undone
        case .rejectedByCaller: self = .rejectedByCaller
        case .unknownTimeout: self = .unknownTimeout
        case .timeoutFired: self = .timeoutFired
        case .noOpenCall: self = .noOpenCall
        case .callEnded: self = .callEnded
        case .callNotAnswered: self = .callNotAnswered
        case .relativeRefused(_, _, let code, _): self = ProblemCode(rawValue: code) ?? .relativeRefused
        // An answer of an earlier release may have a code that is not used any more.
        case .remembered(let code, _): self = ProblemCode(rawValue: code) ?? .notPossible
        }
    }
}

extension Refusal {
    /// Whether a repeat under the same key gets this answer again: it says something about an order's state.
    fileprivate var isKept: Bool {
        switch self {
        case .notPossible, .insufficientStock, .beyondHolding, .stockConflict, .invariantBroken, .arithmetic,
            .timeoutFired, .orderExists, .relativeRefused, .remembered:
            true
        case .unknownOrder, .unknownWorkflow, .unknownCommand, .wrongRole, .badData, .versionConflict, .keyReused,
            .limit, .overloaded, .crowded, .soldOut, .diskNearlyFull, .outcomeUnknown, .failStopped, .undone,
            .rejectedByCaller, .unknownTimeout, .noOpenCall, .callEnded, .callNotAnswered:
            false
        }
    }
}
