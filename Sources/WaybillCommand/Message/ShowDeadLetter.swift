import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// Which dead letter a command is about.
struct DeadLetterChoice: ParsableArguments {
    @Argument(help: "The group.") var group: GroupName
    @Argument(help: "The message's id, as `dead-letter list` shows it.") var id: Text
}

/// `waybill dead-letter show`: what it says, and why it was given up.
struct ShowDeadLetter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a dead letter: what it says, and why the group gave it up.")

    @OptionGroup var file: FileOptions
    @OptionGroup var which: DeadLetterChoice

    func run() async throws {
        let question = try Question("showDeadLetter", which.group.text, which.id)
        // Bodies are large: the list may come in several pages.
        let letters = try await file.asking { try await $0.list(question, atMost: .max) { $0 } }
        guard !file.json else {
            var writer = JSONWriter()
            writer.members(of: letters)
            return writer.print()
        }
        for letter in letters { try print(letter) }
    }

    private func print(_ members: Members) throws {
        let letter = try members.deadLetter()
        let tag = try members.textIfAny("tag").map { ":\($0)" } ?? ""
        Output.standard.line(
            Style.bold(letter.id.description.printable) + "  \(letter.topic)\(tag)".printable
                + Style.dim("  \(letter.diedAt.iso8601)") + "  \(letter.state.words)")
        let details = Details()
        details.wrapped("why", letter.reason.string.printable)
        if let order = try members.textIfAny("order") { details.line("order", order.string.printable) }
        let keys = try members.texts("keys").map(\.string.printable)
        if !keys.isEmpty { details.wrapped("keys", keys.joined(separator: " ")) }
        if let group = try members.textIfAny("message_group") { details.line("in order", group.string.printable) }
        let lane = try members.text("lane")
        if !lane.isEmpty { details.line("lane", lane.string.printable) }
        let properties = try members.textsByName("properties").sorted { $0.key < $1.key }
        details.lines("with", properties.map { "\($0.key) = \($0.value)".printable })
        details.line("born", try members.time("born_at").iso8601)
        if members.showsBody {
            details.json("body", try members.body())
        } else {
            let bytes = counted(try members.int("body_bytes"), "byte")
            details.line("body", "\(bytes), not for this token: `payload` lets it read them")
        }
    }
}

/// `waybill dead-letter delete`: what it says is gone.
struct DeleteDeadLetter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a dead letter: what it says is gone, and it is never given back.")

    @OptionGroup var file: WritingOptions
    @OptionGroup var which: DeadLetterChoice
    @OptionGroup var reason: ReasonOption

    func run() async throws {
        let question = try Question("deleteDeadLetter", which.group.text, which.id).with { reason.write(to: &$0) }
        _ = try await file.acting { try await $0.reply(to: question) }
        file.answer("\(which.id) is deleted from the dead letters of \(which.group)") { writer in
            writer.member("deleted", true)
            writer.member("group", which.group.text)
            writer.member("id", which.id)
        }
    }
}
