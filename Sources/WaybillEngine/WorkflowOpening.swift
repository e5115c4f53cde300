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
    /// Names of which the file has a row already.
    private var activated: Set<WorkflowName>
    private let compile: WorkflowCatalogue.Compiler

    init(_ transaction: borrowing Transaction, compile: @escaping WorkflowCatalogue.Compiler) throws {
        self.compile = compile
        rows = try transaction.workflows()
        current = try transaction.currentWorkflows()
        activated = Set(try transaction.activatedWorkflows().keys)
    }

    mutating func open(
        _ workflow: Workflow, _ text: Text, at now: Moment, in transaction: borrowing Transaction
    ) throws {
        for topic in workflow.topics { try transaction.keepTopic(topic, at: now) }
        let before = current[workflow.name].flatMap { number in rows.first { $0.number == number } }
        let row = try stored(workflow, text, at: now, in: transaction)
        guard let before else { return try activate(row, at: now, in: transaction) }
        if row.number == before.number || row.version <= before.version {
            // Without a row the newest text would take orders, and that may be the one that is only kept.
            if !activated.contains(row.name) { try activate(before, at: now, in: transaction) }
            guard row.number != before.number else { return }
            kept.append(
                KeptWorkflow(
                    name: row.name, version: row.version, hash: row.hash, currentVersion: before.version,
                    currentHash: before.hash))
        } else {
            try activate(row, at: now, in: transaction)
        }
    }

    private mutating func activate(_ row: WorkflowRow, at now: Moment, in transaction: borrowing Transaction) throws {
        try transaction.activate(row.number, of: row.name, at: now)
        current[row.name] = row.number
        activated.insert(row.name)
    }

    /// The row of a text, or of one that says the same; a new one when there is none.
    private mutating func stored(
        _ workflow: Workflow, _ text: Text, at now: Moment, in transaction: borrowing Transaction
    ) throws -> WorkflowRow {
        if let row = rows.first(where: { $0.hash == workflow.hash }) { return row }
        for index in rows.indices where rows[index].name == workflow.name {
            if rows[index].meaning == nil {
                let meaning = try compile(rows[index].text).meaning
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
}

/// A workflow's text in a file.
package struct WorkflowEdition: Hashable, Sendable {
    package let name: WorkflowName
    package let version: Int64
    package let hash: WorkflowHash
    package let text: Text
    package let firstUsedAt: Moment
    /// Whether it takes the new orders of its name.
    package let isCurrent: Bool
}

extension Engine {
    /// Every workflow text of the file, by name, the oldest of a name first.
    package func workflowEditions() throws -> [WorkflowEdition] {
        let (rows, current) = try store.read { rows in (try rows.workflows(), try rows.currentWorkflows()) }
        return rows.map { row in
            WorkflowEdition(
                name: row.name, version: row.version, hash: row.hash, text: row.text, firstUsedAt: row.firstUsedAt,
                isCurrent: current[row.name] == row.number)
        }.sorted { $0.name < $1.name }
    }

    /// From now on the text with this hash takes the new orders of its name.
    package func activate(_ hash: WorkflowHash) throws {
        try writer.withLock { _ in
            let now = world.now()
            let row = try store.write { transaction in
                guard let row = try transaction.workflow(hash: hash) else {
                    throw EngineFailure.damaged("no text has the hash \(hash)")
                }
                try transaction.activate(row.number, of: row.name, at: now)
                return row
            }
            catalogue.activate(row)
        }
    }
}
