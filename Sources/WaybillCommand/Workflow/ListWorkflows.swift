import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill workflow list`: the workflows that come with Waybill, or the texts that a file holds.
struct ListWorkflows: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the workflows that come with Waybill, or with --db the texts of a file.")

    /// Commands that are named, so that a row fits a terminal.
    private static let shownMax = 3

    @Flag(help: "Print one JSON array.")
    var json = false

    @OptionGroup var held: HeldTextOptions

    func run() async throws {
        if held.isGiven {
            let texts = try await held.asking { try await $0.heldTexts() }
            return json ? write(texts) : print(texts)
        }
        let workflows = try WorkflowText.shipped.map { try WorkflowSource($0.name).workflow() }
        if json { return write(workflows) }
        var table = TextTable([
            .init("NAME"), .init("VERSION", isRightAligned: true), .init("STATES", isRightAligned: true),
            .init("PLACED BY"), .init("COMMANDS"),
        ])
        for workflow in workflows {
            let others = workflow.commands.dropFirst().map(\.name.description)
            let rest = others.count > Self.shownMax ? " and \(others.count - Self.shownMax) more" : ""
            table.add([
                workflow.name.description, "\(workflow.version)", "\(workflow.states.count - 1)",
                workflow.creation?.name.description ?? "any event",
                others.prefix(Self.shownMax).joined(separator: ", ") + rest,
            ])
        }
        table.write()
        Output.standard.line()
        Output.standard.line("Read one:  waybill workflow export standard-order")
        Output.standard.line("Try one:   waybill workflow run standard-order")
    }

    private func write(_ workflows: [Workflow]) {
        var writer = JSONWriter()
        writer.beginArray()
        for workflow in workflows {
            writer.beginObject()
            writer.member("id", workflow.name.text)
            writer.member("version", workflow.version)
            writer.member("hash", workflow.hash.text)
            writer.member("states", Int64(workflow.states.count - 1))
            writer.members("commands", workflow.commands) { $0.text($1.name.text) }
            writer.endObject()
        }
        writer.endArray()
        writer.print()
    }

    private func print(_ texts: [HeldText]) {
        var table = TextTable([
            .init("NAME"), .init("VERSION", isRightAligned: true), .init("HASH"), .init("TAKES ORDERS"),
            .init("FIRST USED"),
        ])
        for text in texts {
            table.add([
                text.name.description, "\(text.version)", text.hash.short, text.isCurrent ? "yes" : "",
                text.firstUsedAt.iso8601,
            ])
        }
        guard !table.isEmpty else { return Output.standard.line(Style.dim("no workflows")) }
        table.write()
    }

    private func write(_ texts: [HeldText]) {
        var writer = JSONWriter()
        writer.beginArray()
        for text in texts {
            writer.beginObject()
            writer.member("id", text.name.text)
            writer.member("version", text.version)
            writer.member("hash", text.hash.text)
            writer.member("takes_orders", text.isCurrent)
            writer.member("first_used_at", text.firstUsedAt)
            writer.endObject()
        }
        writer.endArray()
        writer.print()
    }
}
