import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill group`: who consumes messages.
struct GroupNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group",
        abstract: "Create, change, list and delete consumer groups; their lag and clients; look-backs.",
        subcommands: [
            CreateGroup.self, UpdateGroup.self, ListGroups.self, ShowGroup.self, DeleteGroup.self, ShowLag.self,
            ShowGroupClients.self, LookBackGroup.self,
        ])
}

/// The rules of a group, as far as they are given.
struct GroupRules: ParsableArguments {
    @Option(help: ArgumentHelp("Deliveries of a message before it is dead.", valueName: "n"))
    var maxAttempts: Int64?

    @Option(help: ArgumentHelp("Waits before the second, third ... delivery: 1s,5s,10s,30s,1m.", valueName: "times"))
    var ladder: String?

    @Option(help: "How long a delivery stays invisible to others unless its consumer says otherwise.")
    var invisible: Interval?

    @Option(help: ArgumentHelp("Where it begins in a topic that it has not read before.", valueName: "oldest|newest"))
    var startsAt: GroupStart?

    @OptionGroup var reason: ReasonOption

    func apply(to settings: inout GroupSettings) throws {
        if let startsAt { settings.startsAt = startsAt }
        if let maxAttempts { settings.attemptsMax = maxAttempts }
        if let invisible { settings.invisible = invisible }
        guard let ladder else { return }
        settings.ladder = try ladder.split(separator: ",", omittingEmptySubsequences: false).map { step in
            guard let interval = Interval(text: Text(String(step))) else {
                throw ValidationError("--ladder wants times such as 1s,5s,1m; not \(String(step).printable)")
            }
            return interval
        }
    }
}

/// `waybill group create`: a new consumer group.
struct CreateGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a consumer group; one that exists by the same rules is answered.",
        discussion: """
              waybill group create service --db shop.db
              waybill group create points --fifo true --max-attempts 5 --db shop.db
              waybill group create prices --broadcast --db shop.db
            """)

    @OptionGroup var file: WritingOptions
    @Argument(help: "The group's name.") var name: GroupName

    @Option(
        help: ArgumentHelp(
            "Messages of one message group come in order, to one client at a time.", valueName: "true|false"))
    var fifo = false

    @Flag(help: "Every client gets every message, from the newest on.")
    var broadcast = false

    @OptionGroup var rules: GroupRules

    func run() async throws {
        var settings = GroupSettings(isFIFO: fifo, isBroadcast: broadcast)
        try rules.apply(to: &settings)
        let group = try await file.acting(isMade: true) { [settings] client in
            guard let group = try await client.find(Question("showGroup", name.text))?.group() else {
                return try await client.ask(settings.question(name, because: rules.reason)).group()
            }
            // Made by these rules or nothing: one that is there and goes by other rules is not what was asked for.
            guard group.settings == settings else { throw Refused(MessageRefusal.groupExists(name)) }
            return group
        }
        file.answer(group)
    }
}

/// `waybill group update`: other rules for a group.
struct UpdateGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change the rules of a group; what is not given stays.")

    @OptionGroup var file: WritingOptions
    @Argument(help: "The group's name.") var name: GroupName
    @OptionGroup var rules: GroupRules

    func run() async throws {
        let group = try await file.acting { client in
            var settings = try await client.ask(Question("showGroup", name.text)).group().settings
            try rules.apply(to: &settings)
            return try await client.ask(settings.question(name, because: rules.reason)).group()
        }
        file.answer(group)
    }
}

/// `waybill group list`: all groups.
struct ListGroups: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the consumer groups.")

    @OptionGroup var file: FileOptions

    func run() async throws {
        let groups = try await file.asking { try await $0.groups() }
        guard !file.json else {
            var writer = JSONWriter()
            writer.beginArray()
            for group in groups { writer.group(group) }
            writer.endArray()
            return writer.print()
        }
        guard !groups.isEmpty else { return Output.standard.line(Style.dim("no groups")) }
        var table = TextTable([
            .init("GROUP"), .init("KIND"), .init("ATTEMPTS", isRightAligned: true), .init("INVISIBLE"),
            .init("LAST USED"),
        ])
        for group in groups {
            table.add([
                group.name.description, group.settings.kind, "\(group.settings.attemptsMax)",
                group.settings.invisible.text, group.lastUsedAt.iso8601,
            ])
        }
        table.write()
        for group in groups where group.isIdle {
            Output.standard.line(
                Style.dim("\(group.name) is idle: what it is owed goes first when a topic is full".printable))
        }
    }
}

/// `waybill group show`: one group.
struct ShowGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the rules of one group.")

    @OptionGroup var file: FileOptions
    @Argument(help: "The group's name.") var name: GroupName

    func run() async throws {
        let group = try await file.asking { try await $0.ask(Question("showGroup", name.text)).group() }
        file.answer(group)
    }
}

/// `waybill group delete`: a group goes, with its position.
struct DeleteGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a group with its position and what it is owed.")

    @OptionGroup var file: WritingOptions
    @Argument(help: "The group's name.") var name: GroupName

    @OptionGroup var reason: ReasonOption

    func run() async throws {
        let question = try Question("deleteGroup", name.text).with("reason", reason.reason)
        _ = try await file.acting { try await $0.reply(to: question) }
        file.answer("\(name) is deleted") { writer in
            writer.member("deleted", true)
            writer.member("name", name.text)
        }
    }
}

extension Client {
    /// All consumer groups.
    func groups() async throws -> [GroupView] {
        try await list(Question("listGroups"), atMost: .max) { try $0.group() }
    }
}

extension Client {
    /// How far a group is behind, by topic.
    func lag(of group: GroupName) async throws -> [GroupLag] {
        try await list(Question("groupLag", group.text), atMost: .max) { try $0.lag() }
    }
}

extension GroupSettings {
    /// The question that makes a group by these rules, or changes it.
    fileprivate func question(_ group: GroupName, because reason: ReasonOption) throws -> Question {
        try Question("putGroup", group.text).with { writer in
            writer.member("fifo", isFIFO)
            writer.member("broadcast", isBroadcast)
            writer.member("max_attempts", attemptsMax)
            writer.members("ladder", ladder) { $0.text(Text($1.text)) }
            writer.member("invisible", invisible.milliseconds)
            writer.member("starts_at", Text(startsAt.rawValue))
            reason.write(to: &writer)
        }
    }

    fileprivate var kind: String { isBroadcast ? "broadcast" : isFIFO ? "fifo" : "shared" }
}

extension DatabaseOptions {
    fileprivate func answer(_ group: GroupView) {
        guard json else {
            let settings = group.settings
            let ladder = settings.ladder.map(\.text).joined(separator: " ")
            return Output.standard.line(
                "\(group.name): ".printable + "\(settings.kind), \(counted(settings.attemptsMax, "attempt")), "
                    + "invisible for \(settings.invisible.text), then \(ladder)")
        }
        var writer = JSONWriter()
        writer.group(group)
        writer.print()
    }
}
