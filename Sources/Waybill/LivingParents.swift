import WaybillCore
import WaybillEngine
import WaybillStore
import WorkflowFile

/// The parents in a file that go on spawning children: orders that have not ended, and those that will be placed.
///
/// An order keeps its text, and its children are placed under the text that takes new orders. So that text must fit all
/// of theirs, or each `spawn` of them is refused from then on.
struct LivingParents {
    private let store: Store
    private let rows: [WorkflowRow]
    private let current: [WorkflowName: WorkflowNumber]
    private let opened: [Workflow]

    /// - Parameter opened: texts that the file is opened with.
    init(_ store: Store, opened: [Workflow]) throws {
        self.store = store
        self.opened = opened
        (rows, current) = try store.read { rows in (try rows.workflows(), try rows.currentWorkflows()) }
    }

    /// Whether an opened text takes the new orders of its name.
    func isTaking(_ workflow: Workflow) -> Bool {
        guard !opened.contains(where: { $0.name == workflow.name && $0.version > workflow.version }) else {
            return false
        }
        guard let row = currentRow(of: workflow.name) else { return true }
        return row.hash == workflow.hash || row.meaning == workflow.meaning || row.version < workflow.version
    }

    /// The texts that take new orders of other names, when one of those speaks to a workflow that is not among them.
    func others(than taking: [Workflow]) throws -> [Workflow] {
        let names = Set(taking.map(\.name))
        guard taking.contains(where: { $0.children.contains { !names.contains($0.workflow) } }) else { return [] }
        return try rows.filter { !names.contains($0.name) && current[$0.name] == $0.number }
            .map { try WorkflowFile.load(stored: $0.text.string) }
    }

    /// Refuses opened texts that will take new orders, and do not fit.
    func check(_ taking: [(name: String, workflow: Workflow)]) throws {
        for (name, workflow) in taking {
            if let row = currentRow(of: workflow.name), row.version >= workflow.version { continue }
            let findings = try findings(of: workflow)
            guard findings.isEmpty else { throw WorkflowFileError(name: name, findings: findings) }
        }
    }

    /// What of a child's text does not fit the texts of parents in the file.
    func findings(of child: Workflow) throws -> [WorkflowFinding] {
        var findings: [WorkflowFinding] = []
        for row in rows where row.hash != child.hash {
            guard let parent = Self.readable(row), parent.children.contains(where: { $0.workflow == child.name }) else {
                continue
            }
            let unfit = WorkflowFile.findings(ofChild: child, under: parent)
            guard !unfit.isEmpty, try takesOrders(row, beside: child) || hasLivingOrders(under: row, parent) else {
                continue
            }
            findings += unfit
        }
        return findings
    }

    /// The workflow of a stored text; nil: the text is damaged.
    static func readable(_ row: WorkflowRow) -> Workflow? {
        // It has no children any more: its orders are refused with what is wrong, and others are served.
        do { return try WorkflowFile.load(stored: row.text.string) } catch { return nil }
    }

    private func currentRow(of name: WorkflowName) -> WorkflowRow? {
        current[name].flatMap { number in rows.first { $0.number == number } }
    }

    /// Whether a stored text will still take new orders when the opened ones are there.
    private func takesOrders(_ row: WorkflowRow, beside child: Workflow) -> Bool {
        current[row.name] == row.number && row.name != child.name
            && !opened.contains { $0.name == row.name && $0.version > row.version }
    }

    /// Whether an order under a text has not ended. It looks through the orders: a question for texts that do not fit.
    private func hasLivingOrders(under row: WorkflowRow, _ workflow: Workflow) throws -> Bool {
        var next: StreamNumber? = StreamNumber(0)
        while let after = next {
            let page = try store.read { rows in try rows.orders(workflow: row.number, after: after, limit: 500) }
            for order in page.orders where try !hasEnded(order, workflow) { return true }
            next = page.next
        }
        return false
    }

    private func hasEnded(_ row: OrderRow, _ workflow: Workflow) throws -> Bool {
        workflow.isFinished(try Order(row, under: workflow).configuration)
    }
}
