import ArgumentParser
import Waybill
import WaybillAPI
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

    @Option(help: ArgumentHelp("The body: text, @FILE, or - for standard input.", valueName: "text"))
    var body: String

    @Option(help: "What subscriptions choose by.")
    var tag: Text?

    @Option(help: "By what it can be found later; may be repeated.")
    var key: [Text] = []

    @Option(help: ArgumentHelp("Messages of one message group come one after the other.", valueName: "name"))
    var messageGroup: Text?

    @Option(help: "0 to 9; 9 comes first.")
    var priority = 0

    @Option(
        name: .customLong("property"),
        help: ArgumentHelp("What SQL filters choose by; may be repeated.", valueName: "name=value"))
    var properties: [String] = []

    @Option(help: "Deliver it so much later: 30s, 15m, 2d.")
    var delay: Interval?

    @Option(help: "Deliver it at this time: ISO 8601 or milliseconds since 1970.", transform: Moment.argument)
    var at: Moment?

    @Option(help: "The grey-release route.")
    var lane: Text = ""

    func validate() throws {
        if delay != nil, at != nil { throw ValidationError("Give --delay or --at, not both.") }
    }

    func run() async throws {
        var message = NewMessage(
            to: topic, body: try bytes(), tag: tag, keys: key, messageGroup: messageGroup, priority: priority,
            deliverAt: at ?? delay.map { World.system.now().advanced(by: $0) }, lane: lane)
        for property in properties {
            guard let equals = property.firstIndex(of: "="), equals > property.startIndex else {
                throw ValidationError("--property wants name=value; not \(property.printable)")
            }
            let name = Text(String(property[..<equals]))
            message.properties[name] = Text(String(property[property.index(after: equals)...]))
        }
        let sent = try await file.changing { [message] book in try await book.messages.send(message) }
        let recall = sent.recallHandle.map { "; `waybill message recall \(topic) \($0)` takes it back" } ?? ""
        file.answer("\(sent.id)\(recall)") { writer in
            writer.member("id", sent.id.text)
            writer.member("recall_handle", ifAny: sent.recallHandle)
        }
    }

    private func bytes() throws -> [UInt8] {
        if body == "-" { return try WholeFile.bytes("-") }
        return body.hasPrefix("@") ? try WholeFile.bytes(String(body.dropFirst())) : Array(body.utf8)
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

    func run() async throws {
        let id = try await file.changing { book in
            try await book.messages.recall(which.handle, of: which.topic)
        }
        file.answer("\(id) is recalled") { writer in
            writer.member("recalled", true)
            writer.member("id", id.text)
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

    func run() async throws {
        let due = try await file.changing { book in
            try await book.messages.reschedule(which.handle, of: which.topic, to: to)
        }
        file.answer("it comes at \(due.iso8601)") { writer in
            writer.member("rescheduled", true)
            writer.member("due", due)
        }
    }
}
