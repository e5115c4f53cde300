import ArgumentParser
import Waybill
import WaybillAPI
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
        let found = try await file.looking { book in
            if let id { return try book.messages.find(id: MessageID(id)) }
            if let key { return try book.messages.find(key: key, in: topic, limit: limit) }
            guard let topic, let from else { return [] }
            guard try book.messages.topic(topic) != nil else { throw MessageRefusal.unknownTopic(topic) }
            return try book.messages.find(in: topic, from: from, limit: limit)
        }
        file.json ? write(found) : print(found)
        if found.isEmpty { throw ExitCode(1) }
    }

    private func print(_ found: [MessageView]) {
        if found.isEmpty { Output.standard.line(Style.dim("nothing found")) }
        for message in found { MessageText(message).write() }
    }

    private func write(_ found: [MessageView]) {
        var writer = JSONWriter()
        writer.beginArray()
        for message in found {
            writer.beginObject()
            writer.message(message)
            writer.endObject()
        }
        writer.endArray()
        writer.print()
    }
}

/// A message as people read it.
struct MessageText {
    private let message: MessageView
    private let marks: [String]

    /// - Parameter marks: what else is to be said of it, such as `delivery 2`.
    init(_ message: MessageView, marks: [String] = []) {
        self.message = message
        self.marks = marks
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
        details.json("body", message.body)
    }
}
