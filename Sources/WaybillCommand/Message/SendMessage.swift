import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill message send`: a message, now or later.
struct SendMessage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send a message to a topic; durable when it is answered.",
        discussion: """
              waybill message send order --body '{"order":"o-7"}' --tag paid --key o-7 \\
                --db shop.db
              waybill message send news --body @mail.json --delay 30m --db shop.db
              waybill message send cart --body - --message-group ann --priority 3 \\
                --db shop.db
            """)

    @OptionGroup var file: WritingOptions
    @Argument(help: "The topic.") var topic: TopicName

    @OptionGroup var content: MessageContent

    @Option(help: "Deliver it later by this time: 30s, 15m, 2d.")
    var delay: Interval?

    @Option(help: "Deliver it at this time: ISO 8601 or milliseconds since 1970.", transform: Moment.argument)
    var at: Moment?

    func validate() throws {
        if delay != nil, at != nil { throw ValidationError("Give --delay or --at, not both.") }
    }

    func run() async throws {
        var message = try content.message(to: topic)
        message.deliverAt = at ?? delay.map { World.system.now().advanced(by: $0) }
        let handle = try await file.acting { [message] client in
            let question = try Question("sendMessages", topic.text).with(.idempotencyKey, message.id?.text)
                .with { $0.fields(of: message) }
            return try await client.ask(question).objects("items").first?.textIfAny("recall")
        }
        let id = message.id?.text ?? ""
        let recall = handle.map { "; `waybill message recall \(topic) \($0)` takes it back" } ?? ""
        file.answer("\(id)\(recall)") { writer in
            writer.member("id", id)
            writer.member("recall_handle", ifAny: handle)
        }
    }
}

/// Which delayed message a command is about.
struct DelayedMessage: ParsableArguments {
    @Argument(help: "The topic.") var topic: TopicName
    @Argument(help: "The recall handle that `message send` has answered.") var handle: Text
}

/// `waybill message recall`: a delayed message is taken back.
struct RecallMessage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recall", abstract: "Take a delayed message back: it is never delivered.")

    @OptionGroup var file: WritingOptions
    @OptionGroup var which: DelayedMessage

    @OptionGroup var reason: ReasonOption

    func run() async throws {
        let id = try await file.acting { client in
            let question = try Question("recallMessage", which.topic.text).with { writer in
                writer.member("handle", which.handle)
                reason.write(to: &writer)
            }
            return try await client.ask(question).text("id")
        }
        file.answer("\(id) is recalled") { writer in
            writer.member("recalled", true)
            writer.member("id", id)
        }
    }
}

/// `waybill message reschedule`: a delayed message comes at another time.
struct RescheduleMessage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reschedule", abstract: "Give a delayed message another time.")

    @OptionGroup var file: WritingOptions
    @OptionGroup var which: DelayedMessage

    @Option(
        help: "When it is delivered: ISO 8601 or milliseconds since 1970; a time in the past means now.",
        transform: Moment.argument)
    var to: Moment

    @OptionGroup var reason: ReasonOption

    func run() async throws {
        let due = try await file.acting { client in
            let question = try Question("rescheduleMessage", which.topic.text).with { writer in
                writer.member("handle", which.handle)
                writer.member("deliver_at", to)
                reason.write(to: &writer)
            }
            return try await client.ask(question).time("deliver_at")
        }
        file.answer("it comes at \(due.iso8601)") { writer in
            writer.member("rescheduled", true)
            writer.member("due", due)
        }
    }
}
