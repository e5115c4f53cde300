import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// Which messages of a topic are wanted.
struct ChoiceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("By tag: * or 'paid || shipped'.", valueName: "tags"))
    var tags: Text?

    @Option(help: ArgumentHelp("By properties: 'cents > 100 AND region IS NOT NULL'.", valueName: "expression"))
    var sql: Text?

    func validate() throws {
        if tags != nil, sql != nil { throw ValidationError("Give --tags or --sql, not both.") }
    }
}

/// `waybill message receive`: what a group is owed.
struct ReceiveMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receive", abstract: "Receive messages for a group.",
        discussion: """
            Without --acknowledge they come again when their invisible time is over.

              waybill message receive service order --tags 'paid || shipped' \\
                --acknowledge --db shop.db

            With --receipts each is shown with its receipt, and a later command answers for it:

              waybill message receive service order --receipts --db shop.db
              waybill message ack service:0101... --db shop.db
            """)

    @OptionGroup var file: WritingOptions
    @Argument(help: "The group.") var group: GroupName
    @Argument(help: "The topic.") var topic: TopicName
    @OptionGroup var choice: ChoiceOptions

    @Option(help: "How many at most, up to 100.")
    var max = 10

    @Option(help: "How long to wait when there is nothing, up to 20s.")
    var wait: Interval?

    @Option(help: "How long they stay invisible to others; as the group says without it.")
    var invisible: Interval?

    @Option(help: "The consumer's name: in a broadcast each has its own position.")
    var client: Text = "waybill"

    @Option(
        help: "The grey-release route that the consumer belongs to; without it, the base and lanes without consumers.")
    var lane: Text = ""

    @Flag(help: "Acknowledge them once they are printed.")
    var acknowledge = false

    @Option(help: ArgumentHelp("Send them to the dead letters once they are printed.", valueName: "reason"))
    var giveUp: String?

    @Flag(help: "Show the receipt of each: `message ack`, `fail` and `extend` take it.")
    var receipts = false

    func validate() throws {
        if acknowledge, giveUp != nil { throw ValidationError("Give --acknowledge or --give-up, not both.") }
    }

    func run() async throws {
        try await file.acting { client in
            // A mistyped name would make a group that is owed everything from now on.
            _ = try await client.ask(Question("showGroup", group.text))
            let deliveries = try await client.ask(question).objects("items").map { try $0.delivery() }
            file.json ? write(deliveries) : print(deliveries)
            // What could not be shown must not be lost: a reader who has gone away ends the command here.
            Output.standard.flush()
            let answered = deliveries.map { ReceiptChoice(group: group, receipt: $0.receipt.text) }
            if acknowledge { try await client.answer(answered, in: group, .acknowledge) }
            if let giveUp { try await client.answer(answered, in: group, .giveUp(why: giveUp)) }
        }
    }

    private var question: Question {
        get throws {
            try Question("receive", group.text).with { writer in
                writer.member("topic", topic.text)
                writer.member("tags", ifAny: choice.tags)
                writer.member("sql", ifAny: choice.sql)
                writer.member("max", Int64(max))
                if let wait { writer.member("wait_ms", wait.milliseconds) }
                if let invisible { writer.member("invisible_ms", invisible.milliseconds) }
                writer.member("client", client)
                if !lane.isEmpty { writer.member("lane", lane) }
            }
        }
    }

    private func print(_ deliveries: [Delivery]) {
        if deliveries.isEmpty { Output.standard.line(Style.dim("nothing to receive")) }
        for delivery in deliveries {
            let receipt = receipts ? ReceiptChoice(group: group, receipt: delivery.receipt.text).text : nil
            MessageText(delivery.message, marks: delivery.marks, receipt: receipt).write()
        }
    }

    private func write(_ deliveries: [Delivery]) {
        var writer = JSONWriter()
        writer.beginArray()
        for delivery in deliveries {
            writer.beginObject()
            writer.delivery(delivery)
            if receipts {
                writer.member("receipt", Text(ReceiptChoice(group: group, receipt: delivery.receipt.text).text))
            }
            writer.endObject()
        }
        writer.endArray()
        writer.print()
    }
}

extension Delivery {
    /// The message itself, as a look-up shows it.
    fileprivate var message: MessageView {
        MessageView(
            id: id, topic: topic, lane: lane, priority: priority, body: body, tag: tag, keys: keys,
            properties: properties, messageGroup: messageGroup, bornAt: bornAt, storedAt: storedAt, event: event,
            order: order, place: place)
    }

    /// What is special about this delivery.
    fileprivate var marks: [String] {
        (attempt > 1 ? ["delivery \(attempt)"] : []) + (isReplayed ? ["replayed"] : [])
    }
}

extension JSONWriter {
    /// The members of a delivery; the object is the caller's.
    fileprivate mutating func delivery(_ delivery: Delivery) {
        message(delivery.message)
        member("position", delivery.position.text)
        member("attempt", delivery.attempt)
        member("replayed", delivery.isReplayed)
    }
}
