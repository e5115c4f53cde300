import Testing
import WaybillCore
import WorkflowFile

/// One order under a workflow, without any database: what it is, what it sent, what stock there is.
final class Rehearsal {
    let workflow: Workflow
    private(set) var order: Order
    private(set) var now = Moment(milliseconds: 1_700_000_000_000)
    /// `topic:tag` or `topic` of the last step's messages.
    private(set) var sent: [String] = []
    /// Bodies of the last step's messages that have one.
    private(set) var bodies: [String] = []
    /// What the calls of the last step ask for.
    private(set) var calls: [String] = []
    let shelf = Shelf()

    init(_ text: String) throws {
        workflow = try WorkflowFile.load(text)
        order = Order(id: "o-1", workflow: workflow, placedAt: now)
    }

    /// The stock that the rehearsal starts with, and what became of it.
    final class Shelf: StockFacts {
        var levels: [StockKey: StockLevel] = [:]

        func fill(_ sku: SKU, at location: Location = "", _ quantity: Int64) {
            levels[StockKey(sku: sku, location: location), default: StockLevel()].free += quantity
        }

        func reserve(_ lines: [ReserveLine], after movements: [Movement]) -> ReserveAnswer {
            var opened: [Int] = []
            for (index, line) in lines.enumerated() {
                if levels[line.key] == nil, line.quota != nil { opened.append(index) }
                let free = levels[line.key]?.free ?? line.quota ?? 0
                if free < line.quantity { return .short(line: index, free: free) }
            }
            return .done(opened: opened)
        }

        func apply(_ decision: Decision) {
            for line in decision.opened { levels[line.key, default: StockLevel()].free += line.quota ?? 0 }
            for movement in decision.outcome.movements {
                let level = levels[movement.key, default: StockLevel()]
                guard let next = level.applying(movement) else {
                    Issue.record("\(movement) does not fit \(level)")
                    continue
                }
                levels[movement.key] = next
            }
        }

        func free(_ sku: SKU, at location: Location = "") -> Int64? {
            levels[StockKey(sku: sku, location: location)]?.free
        }
    }

    /// Sends a command; answers the paths of the active leaves, or the refusal.
    @discardableResult
    func send(_ name: EventName, _ json: String = "", by role: Text? = nil) -> String {
        do throws(Refusal) {
            let key = workflow.answerable(by: name, of: order).map { order.effectKey(of: $0.number) }
            let command = Command(order: "o-1", name: name, data: Array(json.utf8), role: role, key: key)
            switch try workflow.decide(command, on: order, at: now, asking: shelf) {
            case .accepted(let decision): keep(decision)
            case .repeated(let version): return "repeated \(version)"
            }
        } catch {
            return "refused: \(error)"
        }
        return leaves
    }

    /// Lets time pass; what falls due on the way happens in order of its time.
    @discardableResult
    func wait(_ interval: Interval) -> String {
        let end = now.advanced(by: interval)
        while let next = order.timeouts.min(by: { $0.due < $1.due }), next.due <= end {
            now = max(now, next.due)
            do throws(Refusal) {
                keep(try workflow.decideTimeout(next.name, on: order, at: now, asking: shelf))
            } catch {
                return "refused: \(error)"
            }
        }
        now = end
        return leaves
    }

    private func keep(_ decision: Decision) {
        shelf.apply(decision)
        order = decision.order
        sent = decision.outcome.messages.filter { !$0.isHalf }.map { message in
            "\(message.topic)\(message.tag.map { ":\($0)" } ?? "")"
        }
        bodies = decision.outcome.messages.filter { !$0.isHalf && $0.tag != "call" }
            .compactMap { $0.body.map { String(decoding: $0, as: UTF8.self) } }
        calls = decision.outcome.called.map { String(decoding: $0.data, as: UTF8.self) }
    }

    var leaves: String {
        workflow.leaves(of: order.configuration).map { workflow.states[$0].path.string }.joined(separator: " ")
    }

    /// What the order holds: `sku@location reserved/sold/shipped`.
    var holdings: [String] {
        order.holdings.filter { !$0.isEmpty }.map {
            "\($0.key.sku)@\($0.key.location) \($0.reserved)/\($0.sold)/\($0.shipped)"
        }.sorted()
    }

    func context(_ name: Text) -> Value? { workflow.context.slot(name).map { order.context[$0] } }
}
