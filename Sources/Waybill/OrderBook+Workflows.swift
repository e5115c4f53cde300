public import WaybillCore
import WaybillEngine
import WaybillStore
package import WorkflowFile

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
    public func workflowEditions() throws -> [WorkflowEdition] {
        try engine.workflowEditions().map { row in
            WorkflowEdition(
                name: row.name, version: row.version, hash: row.hash, text: row.text.string,
                firstUsedAt: row.firstUsedAt, isCurrent: row.isCurrent)
        }
    }

    /// From now on this text takes the new orders of its name.
    ///
    /// - Throws: ``WorkflowFileError`` when it does not fit a parent's text under which orders live.
    public func activate(_ edition: WorkflowEdition) throws {
        let workflow = try WorkflowFile.load(stored: edition.text)
        let name = "\(edition.name) version \(edition.version)"
        try WorkflowFile.checkFamily([(name: name, workflow: workflow)], beside: try currentWorkflows())
        let findings = try Self.findings(of: workflow, in: engine.store)
        guard findings.isEmpty else { throw WorkflowFileError(name: name, findings: findings) }
        try engine.activate(edition.hash)
    }

    private func currentWorkflows() throws -> [Workflow] {
        try engine.workflowEditions().filter(\.isCurrent).map { try WorkflowFile.load(stored: $0.text.string) }
    }

    /// What of a workflow does not fit the texts of parents that have orders in the file.
    package func familyFindings(of workflow: Workflow) throws -> [WorkflowFinding] {
        try Self.findings(of: workflow, in: engine.store)
    }

    /// Refuses texts that are new to the file, would take orders, and do not fit parents whose orders live: each
    /// `spawn` of those would be refused from then on.
    static func checkLivingParents(of opened: [(name: String, workflow: Workflow)], in store: Store) throws {
        guard !opened.isEmpty else { return }
        let (rows, current) = try store.read { rows in (try rows.workflows(), try rows.currentWorkflows()) }
        for (name, workflow) in opened {
            let before = rows.first { $0.number == current[workflow.name] }
            guard before.map({ $0.hash != workflow.hash && $0.version < workflow.version }) ?? true else { continue }
            let findings = try findings(of: workflow, in: store)
            guard findings.isEmpty else { throw WorkflowFileError(name: name, findings: findings) }
        }
    }

    private static func findings(of child: Workflow, in store: Store) throws -> [WorkflowFinding] {
        var findings: [WorkflowFinding] = []
        for row in try store.read({ rows in try rows.workflows() }) where row.name != child.name {
            let parent = try WorkflowFile.load(stored: row.text.string)
            guard parent.children.contains(where: { $0.workflow == child.name }) else { continue }
            let unfit = WorkflowFile.findings(ofChild: child, under: parent)
            guard !unfit.isEmpty, try store.read({ rows in try rows.hasOrders(under: row.number) }) else { continue }
            findings += unfit
        }
        return findings
    }
}

extension WorkflowHash {
    /// The first twelve digits: enough to tell the texts of a file apart.
    package var short: String { String(description.prefix(12)) }
}
