import Waybill
import WaybillCore

/// Plays every move of a decision table on every order that the moves lead to, the shortest ways first.
struct Exploration {
    let judge: TableJudge
    /// Moves that are left out.
    var except: Set<String> = []
    /// After so many different orders it ends.
    let ordersMax: Int

    /// An order, and the moves that led to it.
    struct Visit {
        var rehearsal: TableRehearsal
        var way: [String]
    }

    /// What is wrong with the first order that breaks a rule, with the way to it; nil: all are sound.
    func firstViolation(_ rule: (OrderFacts) -> String?) throws -> String? {
        var seen: Set<Order> = []
        var visits = [Visit(rehearsal: TableRehearsal(judge.workflow, moves: judge.moves), way: [])]
        var next = 0
        while next < visits.count, visits.count < ordersMax {
            let visit = visits[next]
            next += 1
            for move in moves {
                var rehearsal = visit.rehearsal
                guard case .accepted(let decision) = try rehearsal.play(move) else { continue }
                rehearsal.order = decision.order
                guard seen.insert(decision.order.withoutHistory).inserted else { continue }
                let way = visit.way + [move]
                if let problem = rule(OrderFacts(order: decision.order, workflow: judge.workflow)) {
                    return "\(way.joined(separator: ", ")): \(problem)"
                }
                visits.append(Visit(rehearsal: rehearsal, way: way))
            }
        }
        return nil
    }

    /// Every move with stock and without, and every timeout.
    private var moves: [String] {
        let commands = judge.moves.keys.filter { !except.contains($0) }.sorted()
        return commands + commands.flatMap { ["\($0) (sold out)", "\($0) (no coupon)"] }
            + judge.workflow.timeouts.map(\.name.text.string)
    }
}

extension Order {
    /// The same order without what tells only how it came there.
    fileprivate var withoutHistory: Order {
        var order = self
        order.version = 0
        order.callCount = 0
        order.calls = calls.map {
            OpenCall(number: 0, definition: $0.definition, deadline: Moment(milliseconds: 0), data: $0.data)
        }.sorted { $0.data.lexicographicallyPrecedes($1.data) }
        order.lapsed = lapsed.map {
            LapsedCall(
                call: OpenCall(
                    number: 0, definition: 0, deadline: Moment(milliseconds: 0), data: $0.call.data), result: $0.result)
        }
        order.keys = keys.map { Order.NaturalKey(command: $0.command, key: $0.key, fingerprint: 0, version: 0) }
            .sorted { ($0.command, $0.key) < ($1.command, $1.key) }
        return order
    }
}

/// What rules ask of an order.
struct OrderFacts {
    let order: Order
    let workflow: Workflow

    func isIn(_ path: Text) -> Bool { workflow.state(path: path).map(order.configuration.contains) ?? false }

    /// A field of each element of a collection.
    func amounts(_ collection: Text, _ field: Text) -> [Int64] {
        guard let slot = workflow.context.slot(collection),
            case .list(let type, _, _) = workflow.context.fields[slot].type, let member = type.slot(field),
            case .list(let elements) = order.context[slot]
        else { return [] }
        return elements.compactMap { element in
            guard case .record(let fields) = element, case .int(let amount) = fields[member] else { return nil }
            return amount
        }
    }

    func sum(_ collection: Text, _ field: Text) -> Int64 { amounts(collection, field).reduce(0, +) }

    /// What came and neither went back, nor is on its way back, nor owed.
    var moneyHere: Int64 {
        sum("payments", "captured") - sum("payments", "refunding") - sum("payments", "refunded")
            - sum("payments", "owed")
    }

    /// What the order holds of goods, without coupons and limits.
    func goods(_ amount: (Holding) -> Int64) -> Int64 {
        order.holdings.filter { !$0.key.sku.text.string.contains(":") }.map(amount).reduce(0, +)
    }

    /// What the order holds of anything that did not leave the house.
    var heldBack: Int64 { order.holdings.map { $0.reserved + $0.sold - $0.shipped }.reduce(0, +) }
}
