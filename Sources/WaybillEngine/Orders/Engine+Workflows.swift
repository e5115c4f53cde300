package import WaybillCore
import WaybillStore
import WaybillTimeouts

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

/// Which texts took new orders when another one was checked against them. Its check holds as long as these do: under
/// the others no new order lives.
package struct CurrentTexts: Hashable, Sendable {
    fileprivate let numbers: [WorkflowName: WorkflowNumber]
}

/// Other texts take new orders than those against which one was checked: it is to be checked again.
package struct OutdatedCheck: Error {}

/// Which of the texts in the file take new orders.
extension Engine {
    /// The texts that take new orders now, to be read before others are checked against them.
    package func currentTexts() throws -> CurrentTexts {
        CurrentTexts(numbers: try store.read { rows in try rows.currentWorkflows() })
    }

    /// The same with the turn to write: they stay until it ends.
    func currentTextsAsWriter() throws -> CurrentTexts {
        CurrentTexts(numbers: try store.readAsWriter { rows in try rows.currentWorkflows() })
    }

    /// Every workflow text of the file, by name, the oldest of a name first.
    package func workflowEditions() throws -> [WorkflowEdition] {
        let (rows, current) = try store.read { rows in (try rows.workflows(), try rows.currentWorkflows()) }
        return rows.map { row in
            WorkflowEdition(
                name: row.name, version: row.version, hash: row.hash, text: row.text, firstUsedAt: row.firstUsedAt,
                isCurrent: current[row.name] == row.number)
        }.sorted { $0.name < $1.name }
    }

    /// From now on a text of the file takes the new orders of its name. Again changes nothing.
    ///
    /// - Parameter caller: who asks for it: the journal keeps it.
    package func activate(_ name: WorkflowName, hash: WorkflowHash, caller: Text) throws {
        _ = try activate(name, hash: hash, by: Origin(caller: caller)) { "" }
    }

    /// The same for a caller outside.
    ///
    /// - Parameter texts: against which it was checked; nil: it is not judged.
    /// - Throws: ``OutdatedCheck`` when others take new orders now.
    package func activate(
        _ name: WorkflowName, hash: WorkflowHash, by origin: Origin, checkedAgainst texts: CurrentTexts? = nil,
        form: () -> Text
    ) throws -> GivenAnswer<Void> {
        if writer.isMine || store.isInUseHere { throw Self.refusalFromWithin }
        let now = world.now()
        return try writer.withLock { writer in
            let current = try currentTextsAsWriter()
            guard texts.map({ $0 == current }) ?? true else { throw OutdatedCheck() }
            let row = try storedRow(name, hash)
            return try activate(row, insteadOf: current.numbers[name], at: now, by: origin, form: form, writer)
        }
    }

    /// In an import: lets a text take the new orders of its workflow from now on.
    ///
    /// - Parameters:
    ///   - text: kept when the file does not have it. It is not judged: orders live under it elsewhere.
    ///   - outlasts: whether the file notes it. Else it takes the orders that this engine places, and after that the
    ///     text that took them before goes on, save for a name that the file did not have.
    package func makeCurrent(
        _ name: WorkflowName, hash: WorkflowHash, text: Text?, at moment: Moment, caller: Text, outlasts: Bool
    ) throws {
        try writer.withLock { writer in
            let before = try currentNumber(of: name)
            if let text, try store.readAsWriter({ rows in try rows.workflow(hash: hash) }) == nil {
                try keep(name, hash: hash, text, at: moment, writer)
            }
            let row = try storedRow(name, hash)
            guard outlasts || before == nil else { return catalogue.makeCurrent(row) }
            _ = try activate(
                row, insteadOf: before, at: moment, by: Origin(caller: caller), form: { "" }, writer)
        }
    }

    private func storedRow(_ name: WorkflowName, _ hash: WorkflowHash) throws -> WorkflowRow {
        guard let row = try store.readAsWriter({ rows in try rows.workflow(hash: hash) }), row.name == name else {
            throw EngineFailure.otherText(name, hash: hash)
        }
        return row
    }

    private func currentNumber(of name: WorkflowName) throws -> WorkflowNumber? {
        try store.readAsWriter { rows in try rows.currentWorkflows() }[name]
    }

    private func activate(
        _ row: WorkflowRow, insteadOf before: WorkflowNumber?, at moment: Moment, by origin: Origin,
        form: () -> Text, _ writer: Writer
    ) throws -> GivenAnswer<Void> {
        let outcome = writer.ownWrite(for: origin, form: form) { write in
            guard before != row.number else { return try write.transaction.noteCurrent(of: row.name) }
            try write.transaction.activate(row.number, of: row.name, at: moment)
            guard let before = try write.transaction.workflows().first(where: { $0.number == before }) else { return }
            let activation = WorkflowActivation(of: row, insteadOf: before)
            let note = activation.note(at: moment, by: origin)
            try writer.handler.audit([note], in: write)
            try writer.flush(in: write)
        }
        let given = try outcome.get()
        if case .now = given { catalogue.makeCurrent(row) }
        return given
    }

    private func keep(
        _ name: WorkflowName, hash: WorkflowHash, _ text: Text, at moment: Moment, _ writer: Writer
    ) throws {
        let workflow = try catalogue.compile(text)
        guard workflow.hash == hash, workflow.name == name else { throw EngineFailure.otherText(name, hash: hash) }
        let kept = writer.ownWrite { write in
            // Without a row the newest text takes orders, and from here on that would be this one.
            try write.transaction.noteCurrent(of: name)
            _ = try write.transaction.keepWorkflow(
                hash: hash, name: name, version: workflow.version, text: text, meaning: workflow.meaning, at: moment)
            for topic in workflow.topics { try write.transaction.keepTopic(topic, at: moment) }
        }
        try kept.get()
    }
}

extension Transaction {
    /// Notes which text takes the new orders of a name where an earlier release left that to the age of the texts.
    func noteCurrent(of name: WorkflowName) throws {
        guard try !activatedWorkflows().contains(where: { $0.name == name }),
            let newest = try workflows().last(where: { $0.name == name })
        else { return }
        try activate(newest.number, of: name, at: newest.firstUsedAt)
    }
}
