import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill dead-letter`: what groups have given up.
struct DeadLetterNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letter", abstract: "List and show what groups have given up, give it back, or delete it.",
        subcommands: [ListDeadLetters.self, ShowDeadLetter.self, RedriveDeadLetters.self, DeleteDeadLetter.self])
}

/// `waybill dead-letter list`: the dead letters of a group.
struct ListDeadLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the dead letters of a group, and why they died.")

    @OptionGroup var file: FileOptions
    @Argument(help: "The group.") var group: GroupName

    @Option(help: "How many at most.")
    var limit = 50

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit wants a number above 0.") }
    }

    func run() async throws {
        let letters = try await file.asking { client in
            // A page may be short while there is more: letters that were deleted are not in it.
            try await client.list(
                Question("deadLetters", group.text), atMost: limit, pagesOf: min(limit, Client.pageMax)
            ) { try $0.deadLetter() }
        }
        file.json ? write(letters) : print(letters)
    }

    private func print(_ letters: [DeadLetter]) {
        guard !letters.isEmpty else { return Output.standard.line(Style.dim("no dead letters")) }
        var table = TextTable([.init("MESSAGE"), .init("TOPIC"), .init("DIED"), .init("STATE"), .init("WHY")])
        for letter in letters {
            table.add([
                letter.id.description, letter.topic.description, letter.diedAt.iso8601,
                letter.state.words, letter.reason.string,
            ])
        }
        table.write()
    }

    private func write(_ letters: [DeadLetter]) {
        var writer = JSONWriter()
        writer.beginArray()
        for letter in letters { writer.deadLetter(letter) }
        writer.endArray()
        writer.print()
    }
}

extension DeadLetter.State {
    var words: String {
        switch self {
        case .dead: "dead"
        case .givenBack: "given back"
        case .finished: "done at last"
        }
    }
}
