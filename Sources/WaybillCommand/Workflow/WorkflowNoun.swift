import ArgumentParser

/// `waybill workflow`: what may happen to an order, as files.
struct WorkflowNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workflow",
        abstract: "Check, draw, try and keep workflow files, and say which takes new orders.",
        subcommands: [
            CheckWorkflow.self, DrawWorkflow.self, ListWorkflows.self, ExportWorkflows.self, RunWorkflow.self,
            PutWorkflow.self, ActivateWorkflow.self,
        ])
}
