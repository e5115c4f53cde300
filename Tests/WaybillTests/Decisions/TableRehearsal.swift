import EngineFixtures
import Waybill
import WaybillCore
import WorkflowFile

/// Plays the moves of a decision table on one order, purely: no store, no engine.
struct TableRehearsal {
    let workflow: Workflow
    /// What a move sends, by its name in the table.
    let moves: [String: JSON]
    var order: Order
    var now = TableRehearsal.start

    /// Times in the data of moves count from here.
    static let start = Moment(milliseconds: 1_764_000_000_000)

    init(_ workflow: Workflow, moves: [String: JSON]) {
        self.workflow = workflow
        self.moves = moves
        order = Order(id: "o-1", workflow: workflow, placedAt: Self.start)
        // A workflow that tells a parent something is that of a child.
        if workflow.relations.contains(where: { $0.child == nil }) { order.parent = "o-0" }
    }

    /// What became of a move.
    enum Turn {
        case accepted(Decision)
        case unchanged(String)
    }

    /// Plays a step that brings an order into a situation; it must be accepted.
    mutating func step(_ name: String) throws {
        if name.hasPrefix("wait "), let interval = Interval(text: Text(String(name.dropFirst(5)))) {
            now = now.advanced(by: interval)
            return
        }
        if let due = order.timeouts.first(where: { $0.name.text.string == name })?.due { now = max(now, due) }
        switch try play(name) {
        case .accepted(let decision): order = decision.order
        case .unchanged(let why): throw DecisionTable.Misprint(description: "\(name) changes nothing: \(why)")
        }
    }

    /// What the workflow says to a move or a timeout, now.
    func play(_ name: String) throws -> Turn {
        let (move, missing) = Self.missing(in: name)
        return try play(move, asking: ScriptedStock(missing: missing))
    }

    func play(_ move: String, asking facts: any StockFacts) throws -> Turn {
        do throws(Refusal) {
            if workflow.timeout(TimeoutName(move)) != nil {
                return .accepted(try workflow.decideTimeout(TimeoutName(move), on: order, at: now, asking: facts))
            }
            guard let data = moves[move] else { return .unchanged("no such move") }
            let name = EventName(Self.word(move))
            let key = workflow.answerable(by: name, of: order).map { order.effectKey(of: $0.number) }
            let command = Command(order: order.id, name: name, data: data.bytes, key: key)
            switch try workflow.decide(command, on: order, at: now, asking: facts) {
            case .accepted(let decision): return .accepted(decision)
            case .repeated: return .unchanged("repeated")
            }
        } catch {
            return .unchanged(error.code)
        }
    }

    /// A move, and what is not there when it is made: everything, the coupon, or nothing.
    static func missing(in name: String) -> (move: String, missing: ScriptedStock.Missing) {
        for (suffix, missing) in [(" (sold out)", ScriptedStock.Missing.everything), (" (no coupon)", .coupons)]
        where name.hasSuffix(suffix) {
            return (String(name.dropLast(suffix.count)), missing)
        }
        return (name, .nothing)
    }

    /// What a move stands for: the name of its command, or of a timeout.
    static func word(_ move: String) -> String { String(move.prefix { $0 != " " }) }
}

/// Answers every question for stock the same: all there, nothing, or all but coupons. Rows with a quota are opened when
/// asked for.
final class ScriptedStock: StockFacts {
    enum Missing {
        case nothing, everything, coupons
    }

    private let missing: Missing

    init(missing: Missing) { self.missing = missing }

    func reserve(_ lines: [ReserveLine], after movements: [Movement]) -> ReserveAnswer {
        switch missing {
        case .nothing: break
        case .everything: return .short(line: 0, free: 0)
        case .coupons:
            if let line = lines.firstIndex(where: { $0.key.sku.text.string.hasPrefix("coupon:") }) {
                return .short(line: line, free: 0)
            }
        }
        return .done(opened: lines.indices.filter { (lines[$0].quota ?? 0) > 0 })
    }
}
