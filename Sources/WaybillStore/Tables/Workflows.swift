package import WaybillCore

/// One text of a workflow that was ever used.
package struct WorkflowRow: Hashable, Sendable {
    package var number: WorkflowNumber
    package var hash: WorkflowHash
    package var name: WorkflowName
    package var version: Int64
    package var text: Text
    package var firstUsedAt: Moment
    /// A digest of what the text says; nil: it was stored by an earlier release, and was not opened since.
    package var meaning: WorkflowHash?

    init(_ columns: Columns) {
        number = WorkflowNumber(columns.integer(0))
        hash = WorkflowHash(columns.text(1))
        name = WorkflowName(columns.text(2))
        version = columns.integer(3)
        text = columns.text(4)
        firstUsedAt = columns.moment(5)
        meaning = columns.optionalText(6).map { WorkflowHash($0) }
    }
}

extension Transaction {
    /// The number of a workflow's text, which is stored if it is new.
    package func keepWorkflow(
        hash: WorkflowHash, name: WorkflowName, version: Int64, text: Text, meaning: WorkflowHash? = nil,
        at now: Moment
    ) throws(StoreFailure) -> WorkflowNumber {
        if let known = try workflow(hash: hash) { return known.number }
        let statement = try statement(
            """
            INSERT INTO workflow (hash, name, version, text, first_used_at, meaning) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """)
        statement.bind(1, hash)
        statement.bind(2, name)
        statement.bind(3, version)
        statement.bind(4, text)
        statement.bind(5, now)
        statement.bind(6, meaning?.text)
        try statement.run()
        let number = WorkflowNumber(lastInsertedRow)
        try seal(number)
        return number
    }

    private func seal(_ workflow: WorkflowNumber) throws(StoreFailure) {
        let statement = try statement(
            """
            UPDATE workflow SET digest = row_digest(number, hash, name, version, text, first_used_at, meaning)
            WHERE number = ?1
            """)
        statement.bind(1, workflow.number)
        try statement.run()
    }

    /// Notes what a text says, which an earlier release has stored.
    package func note(meaning: WorkflowHash, of number: WorkflowNumber) throws(StoreFailure) {
        let statement = try statement("UPDATE workflow SET meaning = ?1 WHERE number = ?2")
        statement.bind(1, meaning.text)
        statement.bind(2, number.number)
        try statement.run()
        try seal(number)
    }

    /// From now on this text takes the new orders of its name.
    package func activate(_ number: WorkflowNumber, of name: WorkflowName, at now: Moment) throws(StoreFailure) {
        let statement = try statement(
            """
            INSERT INTO waybill_current_workflow (name, workflow, activated_at) VALUES (?1, ?2, ?3)
            ON CONFLICT (name) DO UPDATE SET workflow = excluded.workflow, activated_at = excluded.activated_at
            """)
        statement.bind(1, name)
        statement.bind(2, number.number)
        statement.bind(3, now)
        try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    package func workflow(hash: WorkflowHash) throws(StoreFailure) -> WorkflowRow? {
        let statement = try query(
            "SELECT number, hash, name, version, text, first_used_at, meaning FROM workflow WHERE hash = ?1")
        statement.bind(1, hash)
        return try statement.first { columns in WorkflowRow(columns) }
    }

    /// Every workflow text of the file, the oldest first. They are few: each was written by hand.
    package func workflows() throws(StoreFailure) -> [WorkflowRow] {
        try query(
            """
            SELECT number, hash, name, version, text, first_used_at, meaning FROM workflow
            WHERE number > 0 ORDER BY number
            """
        ).all { columns in WorkflowRow(columns) }
    }

    /// The texts that take new orders as the file notes it; a name without a row is not among them.
    package func activatedWorkflows() throws(StoreFailure) -> [ActivatedWorkflowRow] {
        try query("SELECT name, workflow, activated_at FROM waybill_current_workflow WHERE name >= ''").all { columns in
            ActivatedWorkflowRow(columns)
        }
    }

    /// The texts that take new orders, by name: those that were activated, else the newest of their name.
    package func currentWorkflows() throws(StoreFailure) -> [WorkflowName: WorkflowNumber] {
        var current: [WorkflowName: WorkflowNumber] = [:]
        for row in try workflows() { current[row.name] = row.number }
        for row in try activatedWorkflows() { current[row.name] = row.workflow }
        return current
    }
}

/// Which text takes the new orders of a name, as the file notes it.
package struct ActivatedWorkflowRow: Hashable, Sendable {
    package var name: WorkflowName
    package var workflow: WorkflowNumber
    /// Since when.
    package var at: Moment

    init(_ columns: Columns) {
        name = WorkflowName(columns.text(0))
        workflow = WorkflowNumber(columns.integer(1))
        at = columns.moment(2)
    }
}
