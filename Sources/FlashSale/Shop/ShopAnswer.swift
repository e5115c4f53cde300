package import WaybillCore

/// What the shop said to a request.
package enum ShopAnswer: Hashable, Sendable {
    /// A repeat was done before, and nothing was done again.
    case accepted(isRepeat: Bool)
    case refused(RefusalReason)
    /// The server died before it answered: it may be done, or not.
    case unanswered
}

/// Why the shop said no, as far as shoppers tell one from another.
package enum RefusalReason: Hashable, Comparable, Sendable {
    case soldOut
    /// The buyer has as many as one may have.
    case limitReached
    /// Too many are waiting.
    case overloaded
    /// Too many are waiting for the same item, or of the same caller.
    case crowded
    case orderExists
    /// The order is in a state in which this cannot be done.
    case notPossible
    /// Any other, by the engine's word for it.
    case other(String)

    /// Whether the same request may be accepted a little later.
    var mayPass: Bool {
        switch self {
        case .soldOut, .overloaded, .crowded: true
        case .limitReached, .orderExists, .notPossible, .other: false
        }
    }

    /// Whether only the crowd is in the way: a payment too is then sent again.
    var isCrowd: Bool { self == .overloaded || self == .crowded }

    /// A stable word, for reports.
    package var code: String {
        switch self {
        case .soldOut: "sold_out"
        case .limitReached: "limit_reached"
        case .overloaded: "overloaded"
        case .crowded: "crowded"
        case .orderExists: "order_exists"
        case .notPossible: "not_possible"
        case .other(let code): code
        }
    }

    /// For people.
    package var title: String {
        switch self {
        case .soldOut: "sold out"
        case .limitReached: "buyer has enough"
        case .overloaded: "intake full"
        case .crowded: "share of the intake full"
        case .orderExists: "order exists"
        case .notPossible: "too late"
        case .other(let code): code.replacing("_", with: " ")
        }
    }

    package init(_ refusal: Refusal) {
        switch refusal {
        case .insufficientStock(_, _, _, _, let shortage):
            if case .limit = shortage.kind { self = .limitReached } else { self = .soldOut }
        case .soldOut: self = .soldOut
        case .overloaded: self = .overloaded
        case .crowded: self = .crowded
        case .orderExists: self = .orderExists
        case .notPossible: self = .notPossible
        case .remembered(let code, _, _): self = Self.reason(code)
        case .unknownOrder, .unknownWorkflow, .unknownCommand, .wrongRole, .badData, .versionConflict, .keyReused,
            .beyondHolding, .stockConflict, .invariantBroken, .arithmetic, .limit, .badCursor, .diskNearlyFull,
            .outcomeUnknown,
            .failStopped, .shuttingDown,
            .undone,
            .rejectedByCaller, .unknownTimeout, .timeoutFired, .noOpenCall, .callEnded, .callNotAnswered,
            .relativeRefused:
            self = .other(refusal.code)
        }
    }

    /// From a stable word.
    package static func reason(_ code: String) -> RefusalReason {
        let known: [RefusalReason] = [.soldOut, .limitReached, .overloaded, .crowded, .orderExists, .notPossible]
        return known.first { $0.code == code } ?? .other(code)
    }
}

extension ShopAnswer {
    package init(_ answer: Answer) {
        switch answer {
        case .accepted(let receipt): self = .accepted(isRepeat: receipt.isRepeat)
        case .refused(let refusal): self = .refused(RefusalReason(refusal))
        }
    }
}
