import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill half-message prepare`: durable, and invisible until it is decided.
struct PrepareHalfMessage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare", abstract: "Prepare a half message: durable, and invisible until it is decided.",
        discussion: """
            Prepare it, do your transaction, then say commit or rollback. When nothing is said, `half-message check` \
            gets the question what became of it:

              waybill half-message prepare ledger --producer bank --body '{"cents":700}' \\
                --db shop.db
              waybill half-message commit ledger TRANSACTION --db shop.db
            """)

    @OptionGroup var file: WritingOptions
    @Argument(help: "The topic.") var topic: TopicName

    @Option(help: "Who is asked when no decision comes.")
    var producer: Text

    @Option(help: "How long it has before its producer is asked, up to 1h.")
    var firstCheck: Interval?

    @OptionGroup var content: MessageContent

    func run() async throws {
        let message = try content.message(to: topic)
        let question = try Question("prepareHalfMessage").with(.idempotencyKey, message.id?.text).with { writer in
            writer.member("topic", topic.text)
            writer.member("producer", producer)
            writer.key("message")
            writer.beginObject()
            writer.fields(of: message)
            writer.endObject()
            if let firstCheck { writer.member("first_check_ms", firstCheck.milliseconds) }
        }
        let prepared = try await file.acting { try await $0.ask(question) }
        let (id, transaction) = (try prepared.text("id"), try prepared.text("transaction"))
        let sentence =
            "\(id) is prepared; `waybill half-message commit \(topic) \(transaction)` makes it visible, `rollback` "
            + "drops it"
        file.answer(sentence) { writer in
            writer.member("id", id)
            writer.member("transaction", transaction)
        }
    }
}

/// `waybill half-message check`: the questions of which a producer knows the answers.
struct CheckHalfMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Take the questions about a producer's undecided half messages.",
        discussion: """
            Each is answered with `half-message commit` or `rollback`, or comes again. A question counts as asked when \
            this command has shown it.

              waybill half-message check bank --wait 20s --db shop.db
            """)

    @OptionGroup var file: WritingOptions
    @Argument(help: "The producer.") var producer: Text

    @Option(help: "How long to wait when there is none, up to 20s.")
    var wait: Interval?

    func run() async throws {
        let question = try Question("takeChecks", producer).with { writer in
            if let wait { writer.member("wait_ms", wait.milliseconds) }
        }
        let questions = try await file.acting { try await $0.ask(question).objects("items") }
        guard !file.json else {
            var writer = JSONWriter()
            writer.members(of: questions)
            return writer.print()
        }
        if questions.isEmpty { Output.standard.line(Style.dim("no questions")) }
        for question in questions { try print(question) }
    }

    private func print(_ question: Members) throws {
        let mark = try question.bool("last") ? Style.yellow("  the last time") : ""
        Output.standard.line(
            Style.bold(try question.text("id").string.printable) + "  \(try question.text("topic"))".printable
                + Style.dim("  \(try question.time("prepared_at").iso8601)") + mark)
        let details = Details()
        let keys = try question.texts("keys").map(\.string.printable)
        if !keys.isEmpty { details.wrapped("keys", keys.joined(separator: " ")) }
        if let tag = try question.textIfAny("tag") { details.line("tag", tag.string.printable) }
        details.line("asked", counted(try question.int("check"), "time"))
        details.json("body", try question.body())
        details.line(
            "answer",
            "waybill half-message commit|rollback \(try question.text("topic")) \(try question.text("transaction"))"
                .printable)
    }
}
