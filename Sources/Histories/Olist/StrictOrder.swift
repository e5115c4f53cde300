import WaybillCore
import WaybillStore

/// Whether an order can have happened as recorded: its steps, by recorded time, are decided once more.
enum StrictOrder {
    /// False when the workflow refuses one of the steps at its recorded place, or ends with them in another status.
    static func allows(_ steps: [RecordedStep], of entry: OlistPage.Entry, under workflow: Workflow) -> Bool {
        var order = Order(id: entry.row.id, workflow: workflow, placedAt: entry.row.placedAt)
        let facts = EndlessStock()
        for step in steps.sorted(by: isBefore) {
            let command = Command(order: order.id, name: step.command, data: step.data, workflow: workflow.name)
            do throws(Refusal) {
                switch try workflow.decide(command, on: order, at: step.at, asking: facts) {
                case .accepted(let decision): order = decision.order
                case .repeated: break
                }
            } catch {
                return false
            }
        }
        return order.status == entry.row.status
    }

    /// By time, ties in causal rank.
    private static func isBefore(_ left: RecordedStep, _ right: RecordedStep) -> Bool {
        (left.at, rank(left.command)) < (right.at, rank(right.command))
    }

    private static func rank(_ command: EventName) -> Int {
        let index = OlistCommand.allCases.firstIndex { $0.name == command }
        return index ?? OlistCommand.allCases.count
    }
}
