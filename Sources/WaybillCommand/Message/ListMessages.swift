import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill message list`: what a topic carries, or will carry.
struct ListMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the messages of a topic, or those that become visible later.",
        discussion: """
              waybill message list order --db shop.db
              waybill message list --delayed --db shop.db

            Of delayed messages the handle is shown by which `message recall` and `reschedule` take them. Bodies are \
            shown by `message find`.
            """)

    @OptionGroup var file: FileOptions

    @Argument(help: "The topic; with --delayed it may be left out.") var topic: TopicName?

    @Flag(help: "Those that become visible later, by their time.")
    var delayed = false

    @Option(
        help: "Only those that became visible at this time or later; ISO 8601 or milliseconds since 1970.",
        transform: Moment.argument)
    var from: Moment?

    @Option(help: "How many at most.")
    var limit = 50

    func validate() throws {
        try ListLimit.check(limit)
        if topic == nil, !delayed { throw ValidationError("Name a topic, or give --delayed.") }
        if delayed, from != nil { throw ValidationError("--delayed goes by the time to come: leave --from out.") }
    }

    func run() async throws {
        try await file.asking { client in
            if let topic { _ = try await client.ask(Question("showTopic", topic.text)) }
            let list = try await (delayed ? listDelayed(client) : listVisible(client))
            if !file.json, list.count == limit {
                Output.standard.line(Style.dim("there may be more: --limit \(ListLimit.more(than: limit))"))
            }
        }
    }

    private func listDelayed(_ client: Client) async throws -> ListOutput {
        var list = ListOutput(
            [.init("MESSAGE"), .init("TOPIC"), .init("TAG"), .init("VISIBLE"), .init("RECALL")], asJSON: file.json)
        let question = try Question("listDelayedMessages").with("topic", topic?.text)
        try await client.each(question, atMost: limit, pagesOf: min(limit, Client.pageMax)) { members in
            let message = try members.delayedMessage()
            list.add(
                row: [
                    message.id.description, message.topic.description, message.tag?.string ?? "",
                    message.due.iso8601, message.recallHandle.string,
                ]) { $0.delayed(message) }
            return true
        }
        list.end(orSay: "no delayed messages")
        return list
    }

    private func listVisible(_ client: Client) async throws -> ListOutput {
        var list = ListOutput(
            [.init("MESSAGE"), .init("TAG"), .init("VISIBLE"), .init("LANE"), .init("KEYS")], asJSON: file.json)
        let question = try Question("findMessages").with("topic", topic?.text)
            .with("from", from.map { Text($0.iso8601) })
        try await client.each(question, atMost: limit, pagesOf: min(limit, Client.pageMax)) { members in
            let found = try FoundMessage(members)
            list.add(
                row: [
                    found.view.id.description, found.view.tag?.string ?? "", found.view.storedAt.iso8601,
                    found.view.lane.string, found.view.keys.map(\.string).joined(separator: " "),
                ]) { found.write(to: &$0) }
            return true
        }
        list.end(orSay: "no messages")
        return list
    }
}
