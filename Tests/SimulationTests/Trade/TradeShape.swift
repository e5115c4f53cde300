import Synchronization
import Waybill

/// A workflow whose families are judged.
enum TradeShape: UInt64, CaseIterable, Sendable, CustomStringConvertible {
    case standard = 1
    case flash
    case preSale
    case group
    case member
    case marketplace

    /// Names of the texts that a family of it needs, the root's first.
    var names: [String] {
        switch self {
        case .standard: ["standard-order", "parcel", "after-sale"]
        case .flash: ["flash-sale"]
        case .preSale: ["pre-sale"]
        case .group: ["group-buy", "group-member"]
        case .member: ["member-registration"]
        case .marketplace: ["olist-order"]
        }
    }

    /// Steps, answers and states that its families must meet.
    var words: [String] {
        switch self {
        case .standard:
            [
                "pay", "change_price", "cancel", "ship", "ask_return", "deliver", "lose", "receive", "bank pays",
                "bank ok",
                "bank failed", "person ok", "person failed", "burst", "repeated", "not_possible", "completed", "closed",
                "missing", "returned",
            ]
        case .flash:
            ["pay", "cancel", "withdraw", "ship", "bank ok", "burst", "closed", "shipped", "insufficient_stock"]
        case .preSale: ["pay", "postpone", "cancel", "withdraw", "ship", "bank ok", "closed", "closed, deposit kept"]
        case .group: ["join", "pay", "leave", "ship", "call_off", "bank ok", "complete", "failed", "closed", "shipped"]
        case .member: ["send_again", "confirm_email", "change_email", "leave", "active", "lapsed", "left"]
        case .marketplace: ["approve", "hand_over", "deliver", "cancel", "DELIVERED", "CANCELED"]
        }
    }

    var root: String { names[0] }

    var hasRefunds: Bool { self != .member && self != .marketplace }

    var description: String { root }

    /// The seed of a family of this shape: it says which shape it is.
    func seed(_ number: UInt64) -> UInt64 { rawValue * 1_000_000 + number }

    init(seed: UInt64) { self = TradeShape(rawValue: seed / 1_000_000) ?? .standard }
}

/// What is judged, when it is not the shipped texts as they are.
struct TradePlan: Sendable {
    var texts: [WorkflowText]
    /// The faults at which a run ends.
    var watched = Set(TradeFault.allCases)
    /// Where every fault is written down, those at which no run ends too.
    var notes = TradeNotes()
}

/// Faults that some runs came to, with the first seed of each.
final class TradeNotes: Sendable {
    private let seeds = Mutex<[TradeFault: UInt64]>([:])

    func note(_ fault: TradeFault, seed: UInt64) {
        seeds.withLock { seeds in seeds[fault] = min(seed, seeds[fault] ?? seed) }
    }

    /// The first seed by fault.
    var found: [TradeFault: UInt64] { seeds.withLock { $0 } }
}
