import ArgumentParser
import Waybill
import WaybillCore

/// `waybill order send`: a command to an order, durable when this returns.
struct SendToOrder: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send a command to an order; exit status 1 when it is refused.",
        discussion: """
            The command that places an order needs --workflow. Without --role nobody's role is checked. With --key the \
            same request can be sent twice and is done once.

              waybill order send order-7 pay --db shop.db \\
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

    @Option(help: "Who sends it; keys are remembered per caller.")
    var caller = Text("waybill")

    func run() async throws {
        let chosen = try WorkflowChoice(workflow)
        let bytes = data.hasPrefix("@") ? try WholeFile.bytes(String(data.dropFirst())) : Array(data.utf8)
        let request = OrderCommand(
            command, of: id, json: bytes, workflow: chosen.name, role: role, key: key, caller: caller)
        let answer = try await file.database.writing(workflows: chosen.texts, isMade: !workflow.isEmpty) { book in
            await book.answer(to: request)
        }
        if file.json { write(answer) }
        switch answer {
        case .accepted(let receipt):
            if !file.json { print(receipt) }
        case .refused(let refusal):
            guard !file.json else { throw ExitCode(CommandFailure.status(of: refusal.code).rawValue) }
            throw CommandFailure(refused: refusal.code, refusal.message + hint(for: refusal))
        }
    }

    private func hint(for refusal: Refusal) -> String {
        guard case .unknownOrder = refusal, workflow.isEmpty else { return "" }
        return " with --workflow"
    }

    private func print(_ receipt: Receipt) {
        let outcome = receipt.isRepeat ? "was accepted before" : "accepted"
        Output.standard.line(
            "\(receipt.order): \(command) \(outcome), version \(receipt.version), ".printable
                + Style.green(receipt.status.string.printable))
    }

    private func write(_ answer: Answer) {
        var writer = JSONWriter()
        writer.answer(answer, to: id)
        writer.print()
    }
}
