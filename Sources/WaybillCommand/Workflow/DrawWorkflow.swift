import ArgumentParser
import WaybillCore
import WorkflowFile

/// `waybill workflow draw`: a picture of a workflow as text for a drawing tool.
struct DrawWorkflow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw", abstract: "Draw a workflow as a state diagram.",
        discussion: "Mermaid is shown by many Markdown viewers; DOT is for Graphviz: ... --format dot | dot -Tsvg")

    /// What the drawing tool reads.
    enum Format: String, ExpressibleByArgument, CaseIterable { case mermaid, dot }

    @Argument(help: "A file, a shipped workflow by name, or - for standard input.")
    var workflow: String

    @Option(help: "How the picture is written.")
    var format = Format.mermaid

    func run() throws {
        let workflow = try WorkflowSource(workflow).workflow()
        switch format {
        case .mermaid: Output.standard.write(drawMermaid(workflow))
        case .dot: Output.standard.write(drawDOT(workflow))
        }
    }
}
