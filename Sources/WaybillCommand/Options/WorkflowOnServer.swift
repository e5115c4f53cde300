import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore
import WorkflowFile

/// Texts of workflows that a command brings to a server.
enum WorkflowOnServer {
    /// Sees to it that a server has texts, as an opening of a closed file would.
    static func put(_ texts: [WorkflowText], _ client: Client) async throws {
        guard !texts.isEmpty else { return }
        let known = Set(try await client.ask(Question("listWorkflows")).objects("items").map { try $0.text("hash") })
        for text in texts {
            let workflow = try WorkflowFile.load(text.text, name: text.source)
            guard !known.contains(workflow.hash.text) else { continue }
            _ = try await client.ask(
                Question("putWorkflow", workflow.name.text).with { $0.member("text", Text(text.text)) })
        }
    }

    /// The types of an order's data, for times that people can read; nil: the text of its workflow is not readable.
    static func context(of order: OrderView, _ client: Client) async throws -> RecordType? {
        let question = try Question("showWorkflowVersion", order.workflow.text, order.workflowHash.text)
        let reply = try await client.reply(to: question.with(.accept, "application/yaml"))
        return WorkflowFile.check(bytes: reply.body).workflow?.context
    }
}
