import ArgumentParser
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillClient
import WaybillCore

/// `waybill order send`: a command to an order, durable when this returns.
struct SendToOrder: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send a command to an order; exit status 1 when it is refused.",
        discussion: """
            The command that places an order needs --workflow. A command is sent in a role that the workflow \
            allows; on a closed file --unchecked sends it in none. With --key the same request can be sent twice and \
            is done once.

              waybill order send order-7 pay --role payments --db shop.db \\
                --data '{"payment":"p-1","channel":"card","amount_cents":900}'
            """)

    @OptionGroup var file: WritingOptions

    @Argument(help: "The order's id.")
    var id: OrderID

    @Argument(help: "The command's name.")
    var command: EventName

    @Option(
        help: ArgumentHelp("The command's data: a JSON object, @FILE, or @- for standard input.", valueName: "json"))
    var data = "{}"

    @Option(
        help: ArgumentHelp(
            "The workflow to place the order under: a file, or a name. Repeated: the first; others are relatives.",
            valueName: "name"))
    var workflow: [String] = []

    @Option(help: "Names this request: sent again with the same key, it is answered the same and done once.")
    var key: Text?

    @Option(help: "The role that the command is sent in; it must be one that the workflow allows.")
    var role: Text?

    @Flag(help: "Of a closed file: let no role be checked.")
    var unchecked = false

    @Option(help: "Who sends it: waybill, or the holder of the token. Keys are remembered per caller.")
    var caller: Text?

    @Option(help: "Why a server gets the text of --workflow; kept in the audit.")
    var reason: Text?

    func validate() throws {
        if role == nil, !unchecked {
            throw ValidationError("--role says in which role it is sent; on a closed file --unchecked asks for none.")
        }
        if role != nil, unchecked { throw ValidationError("Give --role or --unchecked, not both.") }
    }

    func run() async throws {
        let chosen = try WorkflowChoice(workflow)
        let bytes = data.hasPrefix("@") ? try WholeFile.bytes(String(data.dropFirst())) : Array(data.utf8)
        let question = try Question("sendCommand", id.text, command.text).with("workflow", chosen.name?.text)
            .with(.role, role).with(.idempotencyKey, key).with(body: bytes)
        try await file.acting(
            workflows: chosen.texts, because: reason, isMade: !workflow.isEmpty, as: unchecked ? .unchecked : .owner
        ) { client in
            do {
                let receipt = try await client.ask(question.by(caller, on: client)).receipt()
                guard file.json else { return print(receipt) }
                var writer = JSONWriter()
                writer.accepted(receipt)
                writer.print()
            } catch let refused as Refused {
                throw try refused.told(of: id, asJSON: file.json, hint: workflow.isEmpty ? " with --workflow" : "")
            }
        }
    }

    private func print(_ receipt: Receipt) {
        let outcome = receipt.isRepeat ? "was accepted before" : "accepted"
        Output.standard.line(
            "\(receipt.order): \(command) \(outcome), version \(receipt.version), ".printable
                + Style.green(receipt.status.string.printable))
    }
}

extension Refused {
    /// How a command to an order ends that was not accepted.
    ///
    /// - Parameter hint: what would help when there is no such order.
    func told(of order: OrderID, asJSON: Bool, hint: String = "") throws -> any Error {
        let failure = CommandFailure(self)
        guard failure.status != .impossible else { return failure }
        guard asJSON else {
            return code == "unknown_order" ? CommandFailure(refused: code, message + hint) : failure
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("accepted", false)
        writer.member("order", order.text)
        writer.refused(self)
        writer.endObject()
        writer.print()
        return ExitCode(failure.status.rawValue)
    }
}
