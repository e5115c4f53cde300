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
        try ListLimit.check(limit)
    }

    func run() async throws {
        try await file.asking { client in
            var list = ListOutput(
                [.init("MESSAGE"), .init("TOPIC"), .init("DIED"), .init("STATE"), .init("WHY")], asJSON: file.json)
            // A page may be short while there is more: letters that were deleted are not in it.
            try await client.each(
                Question("deadLetters", group.text), atMost: limit, pagesOf: min(limit, Client.pageMax)
            ) { members in
                let letter = try members.deadLetter()
                list.add(
                    row: [
                        letter.id.description, letter.topic.description, letter.diedAt.iso8601,
                        letter.state.words, letter.reason.string,
                    ]) { $0.deadLetter(letter) }
                return true
            }
            list.end(orSay: "no dead letters")
        }
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
