package import WaybillBroker
package import WaybillCore
import WaybillStore

/// That another text takes the new orders of a workflow from now on: an audit, so that it can be read up who changed
/// it, when, and to what.
///
/// The first text of a name replaces none and is not audited: its row says when it came.
package struct WorkflowActivation: Hashable, Sendable {
    package var workflow: WorkflowName = ""
    package var version: Int64 = 0
    /// Of the text that takes new orders.
    package var hash: WorkflowHash = ""
    /// Of the text that took them before.
    package var before: WorkflowHash = ""

    init(of row: WorkflowRow, insteadOf before: WorkflowRow) {
        workflow = row.name
        version = row.version
        hash = row.hash
        self.before = before.hash
    }

    /// Reads the body of an event.
    package init(_ body: [UInt8]) throws(JSONProblem) {
        var read = Self()
        try JSONReader.read(body) { reader throws(JSONProblem) in
            try reader.object { key, reader throws(JSONProblem) in
                switch key.string {
                case "workflow": read.workflow = WorkflowName(try reader.text())
                case "version": read.version = try reader.int()
                case "hash": read.hash = WorkflowHash(try reader.text())
                case "before": read.before = WorkflowHash(try reader.text())
                default: try reader.skipValue()
                }
            }
        }
        self = read
    }

    private init() {}

    /// - Parameter origin: who asked for it, and why; no caller: it was opened and has a higher version.
    package func note(at moment: Moment, by origin: Origin) -> AuditNote {
        AuditNote(.activationEvent, by: origin, at: moment) { writer in
            writer.key("workflow")
            writer.text(workflow.text)
            writer.key("version")
            writer.int(version)
            writer.key("hash")
            writer.text(hash.text)
            writer.key("before")
            writer.text(before.text)
        }
    }
}

extension EventName {
    /// The audit by which another text takes the new orders of its workflow.
    package static var activationEvent: EventName { "$activate" }
}
