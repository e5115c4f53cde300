package import WaybillCore

/// One text of a workflow that was ever used.
package struct WorkflowRow: Hashable, Sendable {
    package var number: WorkflowNumber
    package var hash: WorkflowHash
    package var name: WorkflowName
    package var version: Int64
    package var text: Text
    package var firstUsedAt: Moment

    init(_ columns: Columns) {
        number = WorkflowNumber(columns.integer(0))
        hash = WorkflowHash(columns.text(1))
        name = WorkflowName(columns.text(2))
        version = columns.integer(3)
        text = columns.text(4)
        firstUsedAt = columns.moment(5)
    }
}

extension Transaction {
    /// The number of a workflow's text, which is stored if it is new.
    package func keepWorkflow(
        hash: WorkflowHash, name: WorkflowName, version: Int64, text: Text, at now: Moment
    ) throws(StoreFailure) -> WorkflowNumber {
        if let known = try workflow(hash: hash) { return known.number }
        let statement = try statement(
            "INSERT INTO workflow (hash, name, version, text, first_used_at) VALUES (?1, ?2, ?3, ?4, ?5)")
        statement.bind(1, hash)
        statement.bind(2, name)
        statement.bind(3, version)
        statement.bind(4, text)
        statement.bind(5, now)
        try statement.run()
        return WorkflowNumber(lastInsertedRow)
    }
}

extension TableReader where Self: ~Copyable {
    package func workflow(hash: WorkflowHash) throws(StoreFailure) -> WorkflowRow? {
        let statement = try query(
            "SELECT number, hash, name, version, text, first_used_at FROM workflow WHERE hash = ?1")
        statement.bind(1, hash)
        return try statement.first { columns in WorkflowRow(columns) }
    }

    /// Every workflow text of the file, the oldest first. They are few: each was written by hand.
    package func workflows() throws(StoreFailure) -> [WorkflowRow] {
        try query(
            "SELECT number, hash, name, version, text, first_used_at FROM workflow WHERE number > 0 ORDER BY number"
        ).all { columns in WorkflowRow(columns) }
    }
}
