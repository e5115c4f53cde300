import WaybillCore
import WaybillEngine
import WaybillStore

/// Whether the columns of each workflow's text are what it says itself, and whether the texts that take new orders are
/// those that the journal names.
enum WorkflowCheck {
    static func findings(_ engine: Engine) throws -> [FileFinding] {
        let (rows, activated) = try engine.store.read { rows in
            (try rows.workflows(), try rows.activatedWorkflows())
        }
        var findings = rows.compactMap { row in finding(row, engine) }
        var last = try activations(engine)
        for noted in activated {
            guard let row = rows.first(where: { $0.number == noted.workflow }), row.name == noted.name else {
                findings.append(
                    FileFinding(
                        "new orders of \(noted.name) are placed under text number \(noted.workflow.number), "
                            + "which is none of that workflow"))
                last[noted.name] = nil
                continue
            }
            // The first text of a name is not audited: it takes orders from when it was first used.
            let said = last.removeValue(forKey: noted.name)
            if (said?.hash ?? row.hash) != row.hash || (said?.at ?? row.firstUsedAt) != noted.at {
                findings.append(
                    FileFinding(
                        "new orders of \(noted.name) are placed under the text \(row.hash) since \(noted.at.iso8601), "
                            + "and its journal does not say so"))
            }
        }
        for name in last.keys.sorted() {
            findings.append(FileFinding("it has lost which text takes new orders of \(name)"))
        }
        return findings
    }

    private static func finding(_ row: WorkflowRow, _ engine: Engine) -> FileFinding? {
        let place = "workflow \(row.name), number \(row.number.number)"
        do {
            let workflow = try engine.workflow(row.number)
            guard workflow.name == row.name, workflow.version == row.version else {
                return FileFinding(
                    "\(place), is listed with version \(row.version), and its text is "
                        + "\(workflow.name) version \(workflow.version)")
            }
            guard let meaning = row.meaning, meaning != workflow.meaning else { return nil }
            return FileFinding("\(place), has the digest of another text")
        } catch {
            return FileFinding("\(place), cannot be read: \(error)")
        }
    }

    /// The last activation of each name, as the journal says.
    private static func activations(_ engine: Engine) throws -> [WorkflowName: (hash: WorkflowHash, at: Moment)] {
        var last: [WorkflowName: (hash: WorkflowHash, at: Moment)] = [:]
        var walk = PageWalk(after: 0, by: \EventView.version, limit: Engine.pageMax)
        while let page = try walk.next({ try engine.audits(after: $0, limit: $1) }) {
            for event in page where event.type == .activationEvent {
                let activation = try WorkflowActivation(event.body)
                last[activation.workflow] = (activation.hash, event.at)
            }
        }
        return last
    }
}
