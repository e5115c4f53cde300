import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill workflow put`: an order book keeps a text.
struct PutWorkflow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Let an order book keep a workflow file.",
        discussion: """
            New orders take the text when its `version:` is higher than that of the text which they take now, or with \
            --activate. Orders that exist stay with the text that they were placed under. `workflow activate` goes \
            back to an earlier one.

              waybill workflow put rental.yaml --dry-run --db shop.db
              waybill workflow put rental.yaml --reason 'first text' --db shop.db
            """)

    @OptionGroup var file: FileOptions

    @Argument(help: "A YAML or JSON file, a shipped workflow by name, or - for standard input.")
    var workflow: String

    @Flag(help: "Let it take new orders whatever its version is.")
    var activate = false

    @Flag(help: "Only say what would become of it.")
    var dryRun = false

    @OptionGroup var reason: ReasonOption

    func run() async throws {
        let source = try WorkflowSource(workflow)
        let name = try source.workflow().name
        let question = try Question("putWorkflow", name.text).with("activate", activate ? "true" : nil)
            .with("dry_run", dryRun ? "true" : nil)
            .with { writer in
                writer.member("text", Text(String(decoding: source.bytes, as: UTF8.self)))
                reason.write(to: &writer)
            }
        let reply =
            dryRun
            ? try await file.asking { try await $0.reply(to: question) }
            : try await file.acting { try await $0.reply(to: question) }
        guard !file.json else { return JSONWriter.print(reply) }
        try print(Members(reply.body))
    }

    private func print(_ kept: Members) throws {
        let (name, hash) = (try kept.text("id"), WorkflowHash(try kept.text("hash")))
        let text = "\(name) version \(try kept.int("version")) (\(hash.short))"
        let before = try kept.textIfAny("before").map { " instead of \(WorkflowHash($0).short)" } ?? ""
        guard try kept.bool("takes_orders") else {
            let way = "`waybill workflow activate \(name) \(hash.short)` lets it"
            return Output.standard.line(
                (dryRun
                    ? "\(text) would take no new orders, but with --activate" : "\(text) takes no new orders; \(way)")
                    .printable)
        }
        Output.standard.line("\(text) \(dryRun ? "would take" : "takes") new orders\(before)".printable)
    }
}
