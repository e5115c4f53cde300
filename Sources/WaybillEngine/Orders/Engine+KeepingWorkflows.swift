import WaybillBroker
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// A text of a workflow that comes into an open file, or would come.
package struct IncomingWorkflow: Hashable, Sendable {
    /// Of the text, or of the one in the file that says the same.
    package let hash: WorkflowHash
    package let version: Int64
    /// Whether the file did not have it.
    package let isNew: Bool
    /// Whether it takes the new orders of its name.
    package let takesOrders: Bool
    /// Of the text that took them before; nil: none did.
    package let before: WorkflowHash?
}

/// What became of a text that was to come into an open file.
package enum KeepingOutcome: Hashable, Sendable {
    case kept(IncomingWorkflow)
    /// Another text takes orders than the caller believes; nothing is written.
    case otherTakesOrders
    /// Other texts take orders than those against which it was checked; nothing is written.
    case isOutdated
}

/// Which text a caller believes to take the new orders of a name. When another one does, the caller has missed a
/// change.
package enum ExpectedWorkflow: Hashable, Sendable {
    case any
    /// None takes them.
    case none
    /// Some text takes them, whichever it is.
    case one
    case hash(WorkflowHash)

    /// Whether the caller is right when the text of this hash takes the orders; nil: none does.
    package func fits(_ hash: WorkflowHash?) -> Bool {
        switch self {
        case .any: true
        case .none: hash == nil
        case .one: hash != nil
        case .hash(let expected): expected == hash
        }
    }
}

/// Texts of workflows that come into an open file.
extension Engine {
    /// What would become of a text; nothing is written.
    package func preview(_ workflow: Workflow, activates: Bool) throws -> IncomingWorkflow {
        let opening = try store.read { [catalogue] rows in
            try WorkflowOpening(rows, compile: catalogue.compile)
        }
        let known = opening.known(workflow)
        return IncomingWorkflow(
            hash: known?.hash ?? workflow.hash, version: known?.version ?? workflow.version, isNew: known == nil,
            takesOrders: opening.wouldTakeOrders(workflow, activates: activates),
            before: opening.active(workflow.name)?.hash)
    }

    /// Brings a text into the file. It takes the new orders of its name from now on when its version is higher than
    /// that of the text which takes them, or when none does. An event `$workflow` says who brought it, and why.
    ///
    /// - Parameters:
    ///   - activates: whether it takes the new orders whatever its version.
    ///   - expected: which text the caller believes to take orders now.
    ///   - texts: against which it was checked.
    package func keep(
        _ workflow: Workflow, _ text: Text, activates: Bool, expecting expected: ExpectedWorkflow,
        checkedAgainst texts: CurrentTexts, by origin: Origin
    ) async throws(Refusal) -> KeepingOutcome {
        try await withWriter { [self] writer -> Result<KeepingOutcome, Refusal> in
            if let refusal = writer.refusalOfLate(origin) { return .failure(refusal) }
            do {
                guard try currentTextsAsWriter() == texts else { return .success(.isOutdated) }
            } catch {
                return .failure(.undone("\(error)"))
            }
            let outcome = writer.ownWrite { write -> (IncomingWorkflow, WorkflowRow)? in
                var opening = try WorkflowOpening(write.transaction, compile: catalogue.compile)
                let before = opening.active(workflow.name)
                guard expected.fits(before?.hash) else { return nil }
                let isNew = opening.known(workflow) == nil
                let row = try opening.open(
                    workflow, text, activates: activates, at: write.now, in: write.transaction)
                let incoming = IncomingWorkflow(
                    hash: row.hash, version: row.version, isNew: isNew,
                    takesOrders: opening.active(row.name)?.number == row.number, before: before?.hash)
                writer.broker.note(incoming.act(of: row.name), by: origin, in: write)
                for activation in opening.activations {
                    let note = activation.note(at: write.now, by: origin)
                    try writer.handler.audit([note], in: write)
                }
                try writer.flush(in: write)
                return (incoming, row)
            }
            if case .success((let incoming, let row)?) = outcome {
                if incoming.takesOrders { catalogue.makeCurrent(row) } else { catalogue.add(row) }
            }
            return outcome.map { kept in kept.map { .kept($0.0) } ?? .otherTakesOrders }
        }.get()
    }
}

extension IncomingWorkflow {
    /// What the audit says of it.
    fileprivate func act(of name: WorkflowName) -> Act {
        Act(
            "$workflow",
            [
                "workflow": .text(name.text.string), "version": .number(version), "hash": .text(hash.text.string),
                "was": .text(isNew ? "kept" : "known"), "takes_orders": .flag(takesOrders),
            ])
    }
}
