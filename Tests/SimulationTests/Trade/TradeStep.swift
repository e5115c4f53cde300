/// One thing that happens to a family of orders. Orders are named `o-1`; their children have the names that the engine
/// gives them.
enum TradeStep: Equatable {
    /// A command of the workflow.
    case send(TradeCommand)
    /// So many small payments, one after the other.
    case burst(order: String, count: Int, cents: Int)
    /// The payment provider acts on a refund that it was asked for.
    case bank(call: String, TradeAnswer)
    /// A person of the shop answers in its stead.
    case person(call: String, TradeAnswer)
    case pass(milliseconds: Int64)
    /// Time passes until a millisecond before the next due time of the family, until it, or until one after it.
    case border(offset: Int64)
    /// The process ends in good order and begins again.
    case stop(milliseconds: Int64)
    /// The process is gone at once; what came due meanwhile waits for the next step.
    case crash(milliseconds: Int64)
}

/// What becomes of a refund.
enum TradeAnswer: Equatable {
    /// The money leaves, and the answer is not there yet.
    case pays
    case ok
    case failed
}

/// A command as it comes from outside.
struct TradeCommand: Equatable {
    var name: String
    var order: String
    var data: [String: TradeFact] = [:]
    /// Of the command that places an order.
    var workflow: String?

    init(_ name: String, _ order: String, _ data: [String: TradeFact] = [:], workflow: String? = nil) {
        self.name = name
        self.order = order
        self.data = data
        self.workflow = workflow
    }
}

extension TradeStep: CustomStringConvertible {
    /// As in a script of `waybill workflow run`, with the order before it.
    var description: String {
        switch self {
        case .send(let command):
            let data = command.data.isEmpty ? "" : "=\(TradeFact.object(command.data))"
            return "\(command.order): \(command.workflow.map { "(\($0)) " } ?? "")\(command.name)\(data)"
        case .burst(let order, let count, let cents): return "\(order): \(count) payments of \(cents)"
        case .bank(let call, let answer): return "bank on \(call): \(answer)"
        case .person(let call, let answer): return "person on \(call): \(answer)"
        case .pass(let time): return "@\(time)ms"
        case .border(let offset): return "@ the next due time \(offset < 0 ? "" : "+")\(offset) ms"
        case .stop(let time): return "stop for \(time) ms"
        case .crash(let time): return "crash for \(time) ms"
        }
    }

    /// How a run counts it.
    var word: String {
        switch self {
        case .send(let command): command.name
        case .burst: "burst"
        case .bank(_, let answer): "bank \(answer)"
        case .person(_, let answer): "person \(answer)"
        case .pass: "pass"
        case .border: "border"
        case .stop: "stop"
        case .crash: "crash"
        }
    }
}

/// What a command came to.
enum TradeVerdict: Equatable {
    case accepted
    case repeated
    case refused(String)

    var word: String {
        switch self {
        case .accepted: "accepted"
        case .repeated: "repeated"
        case .refused(let code): code
        }
    }
}
