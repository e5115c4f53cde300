import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill half-message`: messages that wait for the decision of a local transaction.
struct HalfMessageNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "half-message", abstract: "Prepare half messages, list those in doubt, and decide them.",
        subcommands: [
            ListHalfMessages.self, CommitHalfMessage.self, RollBackHalfMessage.self, ResumeHalfMessage.self,
            PrepareHalfMessage.self, CheckHalfMessages.self,
        ])
}

/// `waybill half-message list`: who waits for a decision, and how long; nothing of what they say.
struct ListHalfMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List undecided half messages.")

    @OptionGroup var file: FileOptions

    @Option(help: "How many at most.")
    var limit = 100

    @Option(help: "Only those of this producer.")
    var producer: Text?

    @Flag(help: "Only those that were asked about without an answer, and wait for an operator.")
    var parked = false

    func validate() throws {
        try ListLimit.check(limit)
    }

    func run() async throws {
        let found = try await file.asking { client in
            let question = try Question("listHalfMessages").with("producer", producer)
            let found = try await client.list(question, atMost: limit) { members in
                let half = try members.halfMessage()
                return !parked || half.isParked ? half : nil
            }
            if found.isEmpty, producer != nil {
                try await client.ask(question.with("limit", 1)).unknownNames().tell()
            }
            return found
        }
        file.json ? write(found) : print(found)
    }

    private func print(_ found: [HalfMessageView]) {
        guard !found.isEmpty else { return Output.standard.line(Style.dim("no half messages")) }
        var table = TextTable([
            .init("MESSAGE"), .init("TOPIC"), .init("PRODUCER"), .init("PREPARED"),
            .init("ASKED", isRightAligned: true), .init("NEXT"), .init("TRANSACTION"),
        ])
        for half in found {
            table.add([
                half.id.description, half.topic.description, half.producer.string, half.preparedAt.iso8601,
                "\(half.checks)", half.nextCheckAt.map(\.iso8601) ?? "parked", half.transaction.string,
            ])
        }
        table.write()
    }

    private func write(_ found: [HalfMessageView]) {
        var writer = JSONWriter()
        writer.beginArray()
        for half in found { writer.halfMessage(half) }
        writer.endArray()
        writer.print()
    }
}

/// Which half message a command decides.
struct HalfMessageChoice: ParsableArguments {
    @OptionGroup var file: WritingOptions
    @Argument(help: "The topic.") var topic: TopicName
    @Argument(help: "The transaction id that `half-message list` shows.") var transaction: Text

    @OptionGroup var reason: ReasonOption

    /// Asks for one of the operations on a half message.
    func ask(_ name: String, done: String) async throws {
        let question = try Question(name, transaction).with("topic", topic.text).with { reason.write(to: &$0) }
        answer(try await file.acting { try await $0.ask(question).decided() }, done)
    }

    private func answer(_ decided: DecidedMessage, _ done: String) {
        file.answer("\(decided.id) \(done)") { writer in
            writer.member("id", decided.id.text)
            writer.member("resolution", Text(decided.resolution.rawValue))
            if let at = decided.at { writer.member("decided_at", at) }
        }
    }
}

/// `waybill half-message commit`: it becomes visible.
struct CommitHalfMessage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit", abstract: "Commit a half message: its local transaction is known to be done.")

    @OptionGroup var which: HalfMessageChoice

    func run() async throws { try await which.ask("commitHalfMessage", done: "is committed") }
}

/// `waybill half-message rollback`: it never becomes visible.
struct RollBackHalfMessage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Roll a half message back: its local transaction is known not to be done.")

    @OptionGroup var which: HalfMessageChoice

    func run() async throws { try await which.ask("rollbackHalfMessage", done: "is rolled back") }
}

/// `waybill half-message resume`: its producer is asked anew.
struct ResumeHalfMessage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Ask the producer of a parked half message again.")

    @OptionGroup var which: HalfMessageChoice

    func run() async throws { try await which.ask("resumeHalfMessage", done: "is asked about again") }
}
