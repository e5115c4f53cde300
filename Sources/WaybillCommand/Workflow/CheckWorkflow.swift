import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore
import WorkflowFile

/// `waybill workflow check`: every finding of every file, with its place and how to fix it.
struct CheckWorkflow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say what is wrong with workflow files; exit status 1 if anything is.")

    @Argument(help: "YAML or JSON files, shipped workflows by name, or - for standard input.")
    var file: [String]

    @Flag(help: "Print one JSON array with an object per file.")
    var json = false

    @OptionGroup var held: HeldTextOptions

    /// A workflow that is named, and its text.
    private struct Named {
        let workflow: Workflow
        let text: Text
    }

    /// The workflows that are named, to be checked together.
    private func named() throws -> [Named] {
        try file.filter { $0 != "-" }.compactMap { argument in
            let bytes = try WorkflowSource(argument).bytes
            return WorkflowFile.check(bytes: bytes).workflow.map {
                Named(workflow: $0, text: Text(String(decoding: bytes, as: UTF8.self)))
            }
        }
    }

    /// The shipped workflows that those to be checked may spawn, or be spawned by.
    private func shipped(beside named: [Workflow]) -> [Workflow] {
        let names = Set(named.map(\.name))
        return WorkflowText.shipped.compactMap { WorkflowFile.check($0.text).workflow }
            .filter { !names.contains($0.name) }
    }

    /// What of a workflow does not fit the parents in the file, when it is opened with those that are named.
    private func unfit(_ bytes: [UInt8], beside named: [Named]) async throws -> [WorkflowFinding] {
        guard held.isGiven else { return [] }
        let question = try Question("checkWorkflow").with { writer in
            writer.member("text", Text(String(decoding: bytes, as: UTF8.self)))
            writer.members("with", named) { $0.text($1.text) }
            writer.member("in_file", true)
        }
        return try await held.asking { try await $0.ask(question).objects("in_file").map { try $0.finding() } }
    }

    func run() async throws {
        let named = try named()
        let workflows = named.map(\.workflow)
        let others = workflows + shipped(beside: workflows)
        var writer = JSONWriter()
        var hasErrors = false
        writer.beginArray()
        for argument in file {
            let source = try WorkflowSource(argument)
            var (workflow, findings) = WorkflowFile.check(bytes: source.bytes, tryingFacts: true)
            if let checked = workflow {
                findings += WorkflowFile.familyFindings(of: checked, among: others)
                findings += try await unfit(source.bytes, beside: named)
                if findings.contains(where: { $0.severity == .error }) { workflow = nil }
            }
            hasErrors = hasErrors || workflow == nil
            if json {
                write(source, workflow, findings, to: &writer)
            } else {
                print(source, workflow, findings)
            }
        }
        writer.endArray()
        if json { writer.print() }
        if hasErrors { throw ExitCode(1) }
    }

    private func print(_ source: WorkflowSource, _ workflow: Workflow?, _ findings: [WorkflowFinding]) {
        for finding in findings {
            let style: Style = finding.severity == .error ? .red : .yellow
            let subject = finding.path.isEmpty ? "" : "\(finding.path): "
            let place = "\(source.name):\(finding.line):\(finding.column): ".printable
            Output.standard.line(
                place + style("\(finding.severity.rawValue): ") + "\(subject)\(finding.message)".printable)
            if let hint = finding.hint { Output.standard.line("    fix: \(hint)".printable) }
        }
        guard let workflow else { return }
        let size =
            [
                counted(workflow.states.count - 1, "state"), counted(workflow.commands.count, "command"),
                counted(workflow.timeouts.count, "timeout"),
            ].joined(separator: ", ")
        Output.standard.line(
            "\(source.name): ".printable + Style.green("ok: ")
                + "\(workflow.name) version \(workflow.version), \(size)".printable)
    }

    private func write(
        _ source: WorkflowSource, _ workflow: Workflow?, _ findings: [WorkflowFinding], to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("file", Text(source.name))
        writer.member("ok", workflow != nil)
        if let workflow {
            writer.member("id", workflow.name.text)
            writer.member("version", workflow.version)
            writer.member("hash", workflow.hash.text)
        }
        writer.members("findings", findings) { $0.finding($1) }
        writer.endObject()
    }
}

extension Members {
    /// What is wrong at one place of a workflow's text.
    fileprivate func finding() throws(ClientFailure) -> WorkflowFinding {
        WorkflowFinding(
            severity: try word("severity"), line: Int(try int("line")), column: Int(try int("column")),
            path: try text("path").string, message: try text("message").string, hint: try textIfAny("fix")?.string)
    }
}
