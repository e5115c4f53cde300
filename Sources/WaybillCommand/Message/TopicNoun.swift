import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill topic`: where messages are sent to.
struct TopicNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topic", abstract: "Create, change, list and delete topics.",
        subcommands: [CreateTopic.self, UpdateTopic.self, ListTopics.self, ShowTopic.self, DeleteTopic.self])
}

/// The rules of a topic, as far as they are given.
struct TopicRules: ParsableArguments {
    @Option(
        help: ArgumentHelp("Which messages it takes: normal, fifo, delay, transaction or mixed.", valueName: "type"))
    var type: TopicType?

    @Option(help: "How many queues clients see.")
    var queues: Int?

    @Option(help: ArgumentHelp("Beyond this size the oldest messages go, owed or not.", valueName: "bytes"))
    var bytesMax: Int64?

    @Option(help: "How long messages stay that no group is owed: 7d, 12h.")
    var retention: Interval?

    @OptionGroup var reason: ReasonOption

    /// The question that makes a topic, or changes it.
    func question(_ topic: TopicName) throws -> Question {
        try Question("putTopic", topic.text).with { writer in
            writer.member("type", ifAny: type.map { Text($0.rawValue) })
            if let queues { writer.member("queues", Int64(queues)) }
            if let bytesMax { writer.member("bytes_max", bytesMax) }
            if let retention { writer.member("retention", retention.milliseconds) }
            reason.write(to: &writer)
        }
    }
}

/// `waybill topic create`: a new topic.
struct CreateTopic: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a topic; the topics that workflows name are there already.")

    @OptionGroup var file: WritingOptions
    @Argument(help: "The topic's name.") var name: TopicName
    @OptionGroup var rules: TopicRules

    func run() async throws {
        let topic = try await file.acting(isMade: true) { client in
            guard try await client.find(Question("showTopic", name.text)) == nil else {
                throw Refused(MessageRefusal.topicExists(name))
            }
            return try await client.ask(rules.question(name)).topic()
        }
        file.answer(topic)
    }
}

/// `waybill topic update`: other rules for a topic.
struct UpdateTopic: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change the rules of a topic; what is not given stays.")

    @OptionGroup var file: WritingOptions
    @Argument(help: "The topic's name.") var name: TopicName
    @OptionGroup var rules: TopicRules

    func run() async throws {
        let topic = try await file.acting { client in
            // One that is not there is refused here: the change would make it.
            _ = try await client.ask(Question("showTopic", name.text))
            return try await client.ask(rules.question(name)).topic()
        }
        file.answer(topic)
    }
}

/// `waybill topic list`: all topics.
struct ListTopics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the topics.")

    @OptionGroup var file: FileOptions

    func run() async throws {
        let topics = try await file.asking { client in
            try await client.list(Question("listTopics"), atMost: .max) { try $0.topic() }
        }
        guard !file.json else {
            var writer = JSONWriter()
            writer.beginArray()
            for topic in topics { writer.topic(topic) }
            writer.endArray()
            return writer.print()
        }
        guard !topics.isEmpty else { return Output.standard.line(Style.dim("no topics")) }
        var table = TextTable([
            .init("TOPIC"), .init("TYPE"), .init("QUEUES", isRightAligned: true), .init("KEEPS"), .init("UP TO"),
        ])
        for topic in topics {
            table.add([
                topic.name.description, topic.settings.type.rawValue, "\(topic.settings.queues)",
                topic.settings.retention.text, topic.settings.sizeText,
            ])
        }
        table.write()
    }
}

/// `waybill topic show`: one topic.
struct ShowTopic: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the rules of one topic.")

    @OptionGroup var file: FileOptions
    @Argument(help: "The topic's name.") var name: TopicName

    func run() async throws {
        let topic = try await file.asking { try await $0.ask(Question("showTopic", name.text)).topic() }
        file.answer(topic)
    }
}

/// `waybill topic delete`: a topic goes, with its messages.
struct DeleteTopic: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a topic with all its messages.",
        discussion: """
            Refused while delayed or half messages wait for it, or open calls of orders, and while a workflow that \
            takes orders sends to it or an installed module reads it.
            """)

    @OptionGroup var file: WritingOptions
    @Argument(help: "The topic's name.") var name: TopicName

    @OptionGroup var reason: ReasonOption

    func run() async throws {
        let question = try Question("deleteTopic", name.text).with("reason", reason.reason)
        _ = try await file.acting { try await $0.reply(to: question) }
        file.answer("\(name) is deleted") { writer in
            writer.member("deleted", true)
            writer.member("name", name.text)
        }
    }
}

extension TopicSettings {
    /// The size limit as people write it.
    fileprivate var sizeText: String {
        bytesMax % (1 << 30) == 0 ? "\(bytesMax >> 30) GiB" : "\(grouped(bytesMax >> 20)) MiB"
    }
}

extension DatabaseOptions {
    fileprivate func answer(_ topic: TopicView) {
        guard json else {
            let settings = topic.settings
            Output.standard.line(
                "\(topic.name): \(settings.type.rawValue), \(counted(settings.queues, "queue")), keeps "
                    .printable + "\(settings.retention.text), up to \(settings.sizeText)")
            return
        }
        var writer = JSONWriter()
        writer.topic(topic)
        writer.print()
    }
}
