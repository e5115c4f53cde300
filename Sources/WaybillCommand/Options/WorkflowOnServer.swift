import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore
import WorkflowFile

/// Texts of workflows that a command brings to a server.
enum WorkflowOnServer {
    /// Sees to it that a server has texts, as an opening of a closed file would.
    ///
    /// - Parameter reason: why, for the audit.
    static func put(_ texts: [WorkflowText], because reason: Text?, _ client: Client) async throws {
        guard !texts.isEmpty else { return }
        var held = try await client.heldTexts()
        for text in texts {
            let workflow = try WorkflowFile.load(text.text, name: text.source)
            var hash = workflow.hash
            if !held.contains(where: { $0.hash == hash }) {
                let question = try Question("putWorkflow", workflow.name.text)
                let kept = try await client.ask(
                    question.with { writer in
                        writer.member("text", Text(text.text))
                        writer.member("reason", ifAny: reason)
                    })
                // The file may have a text that says the same.
                hash = WorkflowHash(try kept.text("hash"))
                held = try await client.heldTexts()
            }
            if let idle = idle(hash, of: workflow.name, among: held) { Output.error.line("waybill: \(idle)".printable) }
        }
    }

    /// What is to be said of a text that takes no new orders.
    private static func idle(
        _ hash: WorkflowHash, of name: WorkflowName, among held: [HeldText]
    ) -> IdleWorkflow? {
        guard let own = held.first(where: { $0.hash == hash }), !own.isCurrent,
            let current = held.first(where: { $0.name == name && $0.isCurrent })
        else { return nil }
        return IdleWorkflow(
            name: name, version: own.version, hash: hash, currentVersion: current.version, currentHash: current.hash)
    }

    /// The types of an order's data, for times that people can read; nil: the text of its workflow is not readable.
    static func context(of order: OrderView, _ client: Client) async throws -> RecordType? {
        let question = try Question("showWorkflowVersion", order.workflow.text, order.workflowHash.text)
        let reply = try await client.reply(to: question.with(.accept, "application/yaml"))
        return WorkflowFile.check(bytes: reply.body).workflow?.context
    }
}
