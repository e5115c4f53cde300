import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill workflow activate`: which text of a file takes the new orders of a name.
struct ActivateWorkflow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate", abstract: "Let a text that the file holds take new orders.",
        discussion: """
            A text with a higher version takes new orders as soon as a command is given it. Any other text is only \
            kept: this lets it take them, also to go back to an earlier one. Orders that exist stay with the text that \
            they were placed under. An event $activate of the journal says who changed it, and to what.

              waybill workflow list --db shop.db
              waybill workflow activate standard-order 2d35dc66b899 --db shop.db
            """)

    @OptionGroup var file: FileOptions

    @Argument(help: "The workflow's name.")
    var name: WorkflowName

    @Argument(help: "The hash of the text, or how it begins.")
    var hash: String

    @Option(help: "Who asks for it: waybill, or the holder of the token.")
    var caller: Text?

    @OptionGroup var reason: ReasonOption

    func run() async throws {
        let active = try await file.acting { client in
            let editions = try await client.heldTexts().filter { $0.name == name }
            let meant = editions.filter { $0.hash.description.hasPrefix(hash) }
            guard let edition = meant.first, meant.count == 1 else {
                let known = editions.map { "version \($0.version) (\($0.hash.short))" }.joined(separator: ", ")
                let problem =
                    meant.isEmpty ? "no text of \(name) has a hash" : "more than one text of \(name) has a hash"
                throw CommandFailure(
                    "\(problem) that begins with \(hash); the file has \(known.isEmpty ? "none of that name" : known)"
                ).refusing("unknown_workflow")
            }
            let question = try Question("activateWorkflow", name.text).with { writer in
                writer.member("hash", edition.hash.text)
                reason.write(to: &writer)
            }
            _ = try await client.ask(question.by(caller, on: client))
            return edition
        }
        guard file.json else {
            return Output.standard.line(
                "\(active.name) version \(active.version) (\(active.hash.short)) takes new orders".printable)
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("id", active.name.text)
        writer.member("version", active.version)
        writer.member("hash", active.hash.text)
        writer.endObject()
        writer.print()
    }
}
