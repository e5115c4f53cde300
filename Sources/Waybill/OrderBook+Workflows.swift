public import WaybillCore
import WaybillEngine
public import WaybillStore
public import WorkflowFile

/// A workflow's text in a file.
public struct WorkflowEdition: Hashable, Sendable {
    public let name: WorkflowName
    /// The `version:` of the text: a higher one takes new orders as soon as it is opened.
    public let version: Int64
    public let hash: WorkflowHash
    public let text: String
    public let firstUsedAt: Moment
    /// Whether it takes the new orders of its name.
    public let isCurrent: Bool
}

/// A text that an order book was opened with and that takes no new orders, and the one that takes them.
public struct IdleWorkflow: Hashable, Sendable, CustomStringConvertible {
    public let name: WorkflowName
    public let version: Int64
    public let hash: WorkflowHash
    public let currentVersion: Int64
    public let currentHash: WorkflowHash

    public var description: String {
        "\(name) version \(version) (\(hash.short)) is kept and takes no orders: version \(currentVersion) "
            + "(\(currentHash.short)) does. Raise its `version:`, or run "
            + "`waybill workflow activate \(name) \(hash.short)`"
    }
}

/// Why a text does not take the new orders of its name: nothing changed.
public enum ActivationRefusal: Error, Sendable, CustomStringConvertible {
    /// It does not fit a text that takes new orders, or one of a parent under which orders live.
    case doesNotFit(WorkflowFileError)
    /// The write was refused.
    case refused(Refusal)
    /// The file cannot be read, or does not hold this text.
    case unreadable(StoreFailure)

    /// The reason by itself.
    package var reason: any Error {
        switch self {
        case .doesNotFit(let error): error
        case .refused(let refusal): refusal
        case .unreadable(let failure): failure
        }
    }

    public var description: String { "\(reason)" }
}

/// Which of the texts in the file take new orders.
extension OrderBook {
    /// The texts that it was opened with and that take no new orders: their `version:` is not higher than that of the
    /// text which takes them.
    public var idleWorkflows: [IdleWorkflow] {
        engine.keptWorkflows.map { kept in
            IdleWorkflow(
                name: kept.name, version: kept.version, hash: kept.hash, currentVersion: kept.currentVersion,
                currentHash: kept.currentHash)
        }
    }

    /// Every workflow text of the file, by name, the oldest of a name first.
    public func workflowEditions() async throws(StoreFailure) -> [WorkflowEdition] {
        try await engine.onThread { [self] (_) throws(StoreFailure) in try workflowEditions() }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits.
    public func workflowEditions() throws(StoreFailure) -> [WorkflowEdition] {
        try reading {
            try engine.workflowEditions().map { row in
                WorkflowEdition(
                    name: row.name, version: row.version, hash: row.hash, text: row.text.string,
                    firstUsedAt: row.firstUsedAt, isCurrent: row.isCurrent)
            }
        }
    }

    /// From now on this text takes the new orders of its name; an event `$activate` of the journal says so.
    ///
    /// - Parameter caller: who asks for it: the event keeps it.
    /// - Throws: ``ActivationRefusal``: nothing changed, and why.
    public func activate(_ edition: WorkflowEdition, caller: String = "") async throws(ActivationRefusal) {
        try await engine.onThread { [self] (_) throws(ActivationRefusal) in try activate(edition, caller: caller) }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits for the turn to write.
    ///
    /// - Throws: ``ActivationRefusal``, as above.
    public func activate(_ edition: WorkflowEdition, caller: String = "") throws(ActivationRefusal) {
        do {
            _ = try activate(edition, by: Origin(caller: Text(caller))) { "" }
        } catch let error as WorkflowFileError {
            throw .doesNotFit(error)
        } catch let refusal as Refusal {
            throw .refused(refusal)
        } catch let failure as StoreFailure {
            throw .unreadable(failure)
        } catch {
            throw .unreadable(StoreFailure(.damaged, "\(error)"))
        }
    }

    /// The same for a caller outside.
    package func activate(
        _ edition: WorkflowEdition, by origin: Origin, form: () -> Text
    ) throws -> GivenAnswer<Void> {
        let workflow = try WorkflowFile.load(stored: edition.text)
        let name = "\(edition.name) version \(edition.version)"
        let current = try engine.workflowEditions().filter(\.isCurrent)
        try WorkflowFile.checkFamily(
            [(name: name, workflow: workflow)],
            beside: try current.map { try WorkflowFile.load(stored: $0.text.string) })
        let findings = try familyFindings(of: workflow)
        guard findings.isEmpty else { throw WorkflowFileError(name: name, findings: findings) }
        return try engine.activate(edition.name, hash: edition.hash, by: origin, form: form)
    }

    /// What of a workflow does not fit the texts of parents in the file: those that take new orders, and those under
    /// which orders live.
    ///
    /// - Parameter others: texts that will be opened with it.
    package func familyFindings(of workflow: Workflow, among others: [Workflow] = []) throws -> [WorkflowFinding] {
        try LivingParents(engine.store, opened: others).findings(of: workflow)
    }
}

extension WorkflowHash {
    /// The first twelve digits: enough to tell the texts of a file apart.
    package var short: String { String(description.prefix(12)) }
}
