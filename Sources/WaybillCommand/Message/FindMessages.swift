import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill message find`: by id, by key, by time.
struct FindMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "Find messages by id, by key, or by the time at which they became visible.",
        discussion: """
              waybill message find --id e42-0 --db shop.db
              waybill message find --key order-7 --db shop.db
              waybill message find --topic order --from 2026-01-01T12:00:00Z --db shop.db
            """)

    @OptionGroup var file: FileOptions

    @Option(help: "The message's id.")
    var id: Text?

    @Option(help: "One of its keys; an order's messages have its id as their key.")
    var key: Text?

    @Option(help: "Only of this topic.")
    var topic: TopicName?

    @Option(
        help: "With --topic: visible at this time or later; ISO 8601 or milliseconds since 1970.",
        transform: Moment.argument)
    var from: Moment?

    @Option(help: "How many at most, up to 1000.")
    var limit = 50

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit wants 1 to 1000.") }
        guard [id != nil, key != nil, from != nil].count(where: { $0 }) == 1 else {
            throw ValidationError("Give one of --id, --key, --from.")
        }
        if from != nil, topic == nil { throw ValidationError("--from wants --topic.") }
    }

    func run() async throws {
        let found = try await file.asking { client in
            if let topic, from != nil { _ = try await client.ask(Question("showTopic", topic.text)) }
            let question = try Question("findMessages").with("id", id).with("key", key).with("topic", topic?.text)
                .with("from", from.map { Text($0.iso8601) })
            // A page may be short while there is more: its messages are large, or some were deleted.
            return try await client.list(question, atMost: id == nil ? limit : .max, pagesOf: limit) {
                try FoundMessage($0)
            }
        }
        file.json ? write(found) : print(found)
        if found.isEmpty { throw ExitCode(1) }
    }

    private func print(_ found: [FoundMessage]) {
        if found.isEmpty { Output.standard.line(Style.dim("nothing found")) }
        for message in found { MessageText(message.view, hiddenBytes: message.hiddenBytes).write() }
    }

    private func write(_ found: [FoundMessage]) {
        var writer = JSONWriter()
        writer.beginArray()
        for message in found {
            message.write(to: &writer)
        }
        writer.endArray()
        writer.print()
    }
}

/// A message that a look-up has found.
struct FoundMessage {
    let view: MessageView
    /// How many bytes its body has when the asking token may not read them; nil: the view has them.
    let hiddenBytes: Int64?

    init(_ members: Members) throws(ClientFailure) {
        view = try members.message()
        hiddenBytes = members.showsBody ? nil : try members.int("body_bytes")
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        if let hiddenBytes {
            writer.message(view, hiddenBytes: hiddenBytes)
        } else {
            writer.message(view)
        }
        writer.endObject()
    }
}

/// A message as people read it.
struct MessageText {
    private let message: MessageView
    private let marks: [String]
    private let receipt: String?
    private let hiddenBytes: Int64?

    /// - Parameters:
    ///   - marks: what else is to be said of it, such as `delivery 2`.
    ///   - receipt: of its delivery, when it is wanted.
    ///   - hiddenBytes: how many bytes its body has when they are not shown.
    init(_ message: MessageView, marks: [String] = [], receipt: String? = nil, hiddenBytes: Int64? = nil) {
        self.message = message
        self.marks = marks
        self.receipt = receipt
        self.hiddenBytes = hiddenBytes
    }

    func write() {
        let mark = marks.isEmpty ? "" : Style.yellow("  " + marks.joined(separator: ", "))
        let tag = message.tag.map { ":\($0)" } ?? ""
        Output.standard.line(
            Style.bold(message.id.description.printable) + "  \(message.topic)\(tag)".printable
                + Style.dim("  \(message.storedAt.iso8601)") + mark)
        let details = Details()
        if !message.keys.isEmpty {
            details.wrapped("keys", message.keys.map(\.string.printable).joined(separator: " "))
        }
        if let group = message.messageGroup { details.line("in order", group.string.printable) }
        if !message.lane.isEmpty { details.line("lane", message.lane.string.printable) }
        if message.priority > 0 { details.line("priority", "\(message.priority)") }
        let properties = message.properties.sorted { $0.key < $1.key }
        details.lines("with", properties.map { "\($0.key) = \($0.value)".printable })
        if let hiddenBytes {
            details.line("body", "\(counted(hiddenBytes, "byte")), not for this token: `payload` lets it read them")
        } else {
            details.json("body", message.body)
        }
        if let receipt { details.line("receipt", receipt) }
    }
}
