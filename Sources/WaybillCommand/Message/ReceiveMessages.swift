import ArgumentParser
import Waybill
import WaybillAPI
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

    func subscription(to topic: TopicName) -> Subscription {
        sql.map { Subscription(topic, sql: $0) } ?? Subscription(topic, tags: tags ?? "*")
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

    @Option(help: "The consumer's name: in a broadcast each has a position of its own.")
    var client: Text = "waybill"

    @Option(help: "The grey-release route that the consumer belongs to.")
    var lane: Text = ""

    @Flag(help: "Acknowledge them once they are printed.")
    var acknowledge = false

    @Option(help: ArgumentHelp("Send them to the dead letters once they are printed.", valueName: "reason"))
    var giveUp: String?

    func validate() throws {
        if acknowledge, giveUp != nil { throw ValidationError("Give --acknowledge or --give-up, not both.") }
    }

    func run() async throws {
        let receiving = Messages.ReceiveOptions(
            client: client, max: max, invisible: invisible, wait: wait ?? Interval(milliseconds: 0),
            lane: lane)
        try await file.changing { book in
            let deliveries = try await book.messages.receive(group, choice.subscription(to: topic), receiving)
            file.json ? write(deliveries) : print(deliveries)
            // What could not be shown must not be lost: a reader who has gone away ends the command here.
            Output.standard.flush()
            for delivery in deliveries {
                if acknowledge { try await book.messages.acknowledge(delivery) }
                if let giveUp { try await book.messages.deadLetter(delivery, because: giveUp) }
            }
        }
    }

    private func print(_ deliveries: [Delivery]) {
        if deliveries.isEmpty { Output.standard.line(Style.dim("nothing to receive")) }
        for delivery in deliveries { MessageText(delivery.message, marks: delivery.marks).write() }
    }

    private func write(_ deliveries: [Delivery]) {
        var writer = JSONWriter()
        writer.beginArray()
        for delivery in deliveries { writer.delivery(delivery) }
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
    fileprivate mutating func delivery(_ delivery: Delivery) {
        beginObject()
        message(delivery.message)
        member("position", delivery.position.text)
        member("attempt", delivery.attempt)
        member("replayed", delivery.isReplayed)
        endObject()
    }
}
