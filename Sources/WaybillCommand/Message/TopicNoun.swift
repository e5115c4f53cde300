import ArgumentParser
import Waybill
import WaybillAPI
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

    @Option(help: "How long messages stay that nobody is owed: 7d, 12h.")
    var retention: Interval?

    func applied(to settings: TopicSettings) -> TopicSettings {
        TopicSettings(
            type: type ?? settings.type, queues: queues ?? settings.queues, bytesMax: bytesMax ?? settings.bytesMax,
            retention: retention ?? settings.retention)
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
        let topic = try await file.changing(isMade: true) { book in
            try await book.messages.createTopic(name, rules.applied(to: TopicSettings()))
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
        let topic = try await file.changing { book in
            guard let known = try await book.messages.topic(name) else { throw MessageRefusal.unknownTopic(name) }
            return try await book.messages.updateTopic(name, rules.applied(to: known.settings))
        }
        file.answer(topic)
    }
}

/// `waybill topic list`: all topics.
struct ListTopics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the topics.")

    @OptionGroup var file: FileOptions

    func run() async throws {
        let topics = try await file.looking { book in
            var topics: [TopicView] = []
            while true {
                let page = try book.messages.topics(after: topics.last?.name)
                topics += page
                if page.isEmpty { return topics }
            }
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
        let topic = try await file.looking { book in
            guard let topic = try book.messages.topic(name) else { throw MessageRefusal.unknownTopic(name) }
            return topic
        }
        file.answer(topic)
    }
}

/// `waybill topic delete`: a topic goes, with its messages.
struct DeleteTopic: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a topic with all its messages.",
        discussion: "Refused while delayed or half messages wait for it, or open calls of orders.")

    @OptionGroup var file: WritingOptions
    @Argument(help: "The topic's name.") var name: TopicName

    func run() async throws {
        try await file.changing { book in try await book.messages.deleteTopic(name) }
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
