package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// A text that an order book was opened with and that takes no new orders: another one goes on taking them.
package struct KeptWorkflow: Hashable, Sendable {
    package let name: WorkflowName
    package let version: Int64
    package let hash: WorkflowHash
    /// The text that takes the new orders of this name.
    package let currentVersion: Int64
    package let currentHash: WorkflowHash
}

/// Brings the texts that an order book is opened with into the file, and decides which of them take new orders.
///
/// A text that says what a stored one says is that one, and is not stored again. A higher `version:` than that of the
/// text which takes orders takes them from now on; any other text is kept, and takes none until it is activated.
struct WorkflowOpening {
    private var rows: [WorkflowRow]
    private(set) var current: [WorkflowName: WorkflowNumber]
    private(set) var kept: [KeptWorkflow] = []
    /// What took new orders before.
    private let before: [WorkflowName: WorkflowNumber]
    private let compile: WorkflowCatalogue.Compiler

    init<Rows: TableReader & ~Copyable>(
        _ tables: borrowing Rows, compile: @escaping WorkflowCatalogue.Compiler
    ) throws {
        self.compile = compile
        rows = try tables.workflows()
        current = try tables.currentWorkflows()
        before = current
    }

    /// Keeps a text, and lets it take the new orders of its name when its version is higher than that of the text which
    /// takes them, or when none does.
    ///
    /// - Parameter activates: whether it takes the new orders of its name whatever its version.
    /// - Returns: the row of the text, or of the stored one that says the same.
    @discardableResult
    mutating func open(
        _ workflow: Workflow, _ text: Text, activates: Bool = false, at now: Moment,
        in transaction: borrowing Transaction
    ) throws -> WorkflowRow {
        for topic in workflow.topics { try transaction.keepTopic(topic, at: now) }
        // Without a row the newest text takes orders, and that may be one that is only kept now.
        try transaction.noteCurrent(of: workflow.name)
        let active = active(workflow.name)
        let row = try stored(workflow, text, at: now, in: transaction)
        guard let active, !activates, row.version <= active.version else {
            if row.number != active?.number { try transaction.activate(row.number, of: row.name, at: now) }
            current[row.name] = row.number
            return row
        }
        guard row.number != active.number else { return row }
        kept.append(
            KeptWorkflow(
                name: row.name, version: row.version, hash: row.hash, currentVersion: active.version,
                currentHash: active.hash))
        return row
    }

    /// The row of the text that takes the new orders of a name; nil: none does.
    func active(_ name: WorkflowName) -> WorkflowRow? {
        current[name].flatMap { number in rows.first { $0.number == number } }
    }

    /// The row of a text, or of one that says the same; nil: the file has none.
    func known(_ workflow: Workflow) -> WorkflowRow? {
        rows.first { $0.hash == workflow.hash }
            ?? rows.first { row in
                row.name == workflow.name && (row.meaning ?? meaning(of: row)) == workflow.meaning
            }
    }

    /// Whether a text would take the new orders of its name when it is opened.
    func wouldTakeOrders(_ workflow: Workflow, activates: Bool) -> Bool {
        guard let active = active(workflow.name), !activates else { return true }
        let row = known(workflow)
        return row?.number == active.number || (row?.version ?? workflow.version) > active.version
    }

    /// The texts that take the new orders of others, by name.
    var activations: [WorkflowActivation] {
        before.keys.sorted().compactMap { name in
            guard let active = rows.first(where: { $0.number == current[name] }),
                let earlier = rows.first(where: { $0.number == before[name] }), active.number != earlier.number
            else { return nil }
            return WorkflowActivation(of: active, insteadOf: earlier)
        }
    }

    /// The row of a text, or of one that says the same; a new one when there is none.
    private mutating func stored(
        _ workflow: Workflow, _ text: Text, at now: Moment, in transaction: borrowing Transaction
    ) throws -> WorkflowRow {
        if let row = rows.first(where: { $0.hash == workflow.hash }) { return row }
        for index in rows.indices where rows[index].name == workflow.name {
            if rows[index].meaning == nil, let meaning = meaning(of: rows[index]) {
                try transaction.note(meaning: meaning, of: rows[index].number)
                rows[index].meaning = meaning
            }
            if rows[index].meaning == workflow.meaning { return rows[index] }
        }
        _ = try transaction.keepWorkflow(
            hash: workflow.hash, name: workflow.name, version: workflow.version, text: text, meaning: workflow.meaning,
            at: now)
        guard let row = try transaction.workflow(hash: workflow.hash) else {
            throw EngineFailure.damaged("the text of workflow \(workflow.name) was stored and is not there")
        }
        rows.append(row)
        return row
    }

    /// What a text says that an earlier release has stored; nil: it cannot be read.
    private func meaning(of row: WorkflowRow) -> WorkflowHash? {
        // A damaged text says nothing that another could say too. Its own orders are refused with what is wrong, and
        // the others are served.
        do { return try compile(row.text).meaning } catch { return nil }
    }
}
