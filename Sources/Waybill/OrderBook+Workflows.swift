public import WaybillCore
package import WaybillEngine
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

    package init(
        name: WorkflowName, version: Int64, hash: WorkflowHash, currentVersion: Int64, currentHash: WorkflowHash
    ) {
        self.name = name
        self.version = version
        self.hash = hash
        self.currentVersion = currentVersion
        self.currentHash = currentHash
    }

    public var description: String {
        "\(name) version \(version) (\(hash.short)) is kept and takes no orders: version \(currentVersion) "
            + "(\(currentHash.short)) does. Raise its `version:`, or run "
            + "`waybill workflow activate \(name) \(hash.short)`"
    }
}

/// Why a text does not come into the file, or does not take the new orders of its name: nothing changed.
public enum ActivationRefusal: Error, Sendable, CustomStringConvertible {
    /// It has findings, or does not fit a text that takes new orders, or one of a parent under which orders live.
    case doesNotFit(WorkflowFileError)
    /// The write was refused.
    case refused(Refusal)
    /// The file cannot be read, or does not hold this text.
    case unreadable(StoreFailure)

    init(_ error: any Error) {
        switch error {
        case let error as WorkflowFileError: self = .doesNotFit(error)
        case let refusal as Refusal: self = .refused(refusal)
        case let failure as StoreFailure: self = .unreadable(failure)
        default: self = .unreadable(StoreFailure(.damaged, "\(error)"))
        }
    }

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
        do { _ = try activate(edition, by: Origin(caller: Text(caller))) { "" } } catch {
            throw ActivationRefusal(error)
        }
    }

    /// The same for a caller outside.
    package func activate(
        _ edition: WorkflowEdition, by origin: Origin, form: () -> Text
    ) throws -> GivenAnswer<Void> {
        let workflow = try WorkflowFile.load(stored: edition.text)
        for _ in 0..<Self.checksMax {
            let texts = try engine.currentTexts()
            try check(workflow, named: "\(edition.name) version \(edition.version)")
            do {
                return try engine.activate(
                    edition.name, hash: edition.hash, by: origin, checkedAgainst: texts, form: form)
            } catch is OutdatedCheck {
                continue
            }
        }
        throw Refusal.overloaded(retryAfter: .seconds(1))
    }

    /// How often a text is checked again because another has begun to take orders meanwhile.
    private static let checksMax = 8

    /// Brings a text into the file while it is open. It takes the new orders of its name from now on when its
    /// `version:` is higher than that of the text which takes them, or when none does; orders that exist stay with the
    /// text that they were placed under. An event `$workflow` of the journal says who brought it.
    ///
    /// - Parameters:
    ///   - activates: whether it takes new orders whatever its version.
    ///   - caller: who asks for it: the event keeps it.
    /// - Returns: the text in the file: this one, or the one that says the same.
    /// - Throws: ``ActivationRefusal``: it has findings, or would take new orders and does not fit; or the write is
    ///   refused.
    @discardableResult
    public func keepWorkflow(
        _ text: WorkflowText, activates: Bool = false, caller: String = ""
    ) async throws(ActivationRefusal) -> WorkflowEdition {
        do {
            let workflow = try WorkflowFile.load(text.text, name: text.source)
            let kept = try await keep(
                text, workflow, activates: activates, expecting: .any, by: Origin(caller: Text(caller)))
            guard let edition = try await workflowEditions().first(where: { $0.hash == kept?.hash }) else {
                throw Refusal.unknownWorkflow("\(workflow.name)")
            }
            return edition
        } catch {
            throw ActivationRefusal(error)
        }
    }

    /// The same for a caller outside.
    ///
    /// - Returns: nil: another text takes orders than the caller believes.
    package func keep(
        _ text: WorkflowText, _ workflow: Workflow, activates: Bool, expecting expected: ExpectedWorkflow,
        by origin: Origin
    ) async throws -> IncomingWorkflow? {
        for _ in 0..<Self.checksMax {
            let texts = try await engine.onThread { (engine) throws in try engine.currentTexts() }
            _ = try await preview(workflow, of: text, activates: activates)
            switch try await engine.keep(
                workflow, Text(text.text), activates: activates, expecting: expected, checkedAgainst: texts,
                by: origin)
            {
            case .kept(let incoming): return incoming
            case .otherTakesOrders: return nil
            case .isOutdated: continue
            }
        }
        throw Refusal.overloaded(retryAfter: .seconds(1))
    }

    /// What would become of a text; nothing is written.
    ///
    /// - Throws: ``WorkflowFileError`` when it would take orders and does not fit.
    package func preview(
        _ workflow: Workflow, of text: WorkflowText, activates: Bool
    ) async throws -> IncomingWorkflow {
        try await engine.onThread { [self] (engine) throws in
            let incoming = try engine.preview(workflow, activates: activates)
            if incoming.takesOrders { try check(workflow, named: text.source) }
            return incoming
        }
    }

    /// Refuses a workflow that would take new orders and does not fit the others of the file.
    private func check(_ workflow: Workflow, named name: String) throws {
        let current = try engine.workflowEditions().filter(\.isCurrent)
        try WorkflowFile.checkFamily(
            [(name: name, workflow: workflow)],
            beside: try current.map { try WorkflowFile.load(stored: $0.text.string) })
        let findings = try familyFindings(of: workflow)
        guard findings.isEmpty else { throw WorkflowFileError(name: name, findings: findings) }
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
