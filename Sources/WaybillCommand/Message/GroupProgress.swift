import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill group lag`: how far groups are behind.
struct ShowLag: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lag", abstract: "Show how far groups are behind, in messages and in time.")

    @OptionGroup var file: FileOptions
    @Argument(help: "One group; without it, all.") var name: GroupName?

    func run() async throws {
        let lags = try await file.asking { client in
            var names = name.map { [$0] } ?? []
            if name == nil { names = try await client.groups().map(\.name) }
            var lags: [GroupLag] = []
            for name in names {
                lags += try await client.lag(of: name)
            }
            return lags
        }
        file.json ? write(lags) : print(lags)
    }

    private func print(_ lags: [GroupLag]) {
        guard !lags.isEmpty else { return Output.standard.line(Style.dim("no group has subscribed to anything")) }
        var columns: [TextTable.Column] = [.init("GROUP"), .init("TOPIC")]
        columns += ["WAITING", "IN FLIGHT", "FAILED", "BEHIND", "DEAD", "FINISHED"].map {
            .init($0, isRightAligned: true)
        }
        var table = TextTable(columns + [.init("OLDEST")])
        for lag in lags {
            let counts = [lag.waiting, lag.inFlight, lag.due + lag.ready, lag.behind, lag.dead, lag.finished]
                .map { grouped($0) }
            table.add([lag.group.description, lag.topic.description] + counts + [lag.oldest?.rounded.text ?? "-"])
        }
        table.write()
        for lag in lags {
            guard let reason = lag.heldBack else { continue }
            Output.standard.line("\(lag.group) takes nothing new of \(lag.topic): \(reason)".printable)
        }
    }

    private func write(_ lags: [GroupLag]) {
        var writer = JSONWriter()
        writer.beginArray()
        for lag in lags { writer.lag(lag) }
        writer.endArray()
        writer.print()
    }
}

/// `waybill group look-back`: a group reads again, or passes over what waits.
struct LookBackGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "look-back", abstract: "Move a group on a topic to a time or a message.",
        discussion: """
            What the group had finished comes again, marked as replayed; --preview only says what would happen. \
            Modules set their rows again and have no effects on others, unless --effects open: then they do what they \
            never did for these messages, such as packs of members who joined before there were any, and nothing twice.

              waybill group look-back points order --to 2026-01-01T00:00:00Z \\
                --preview --db shop.db
              waybill group look-back points order --to-oldest --db shop.db
              waybill group look-back points order --to-newest --preview --db shop.db
              waybill group look-back points order --to-newest --db shop.db
              waybill group look-back gift-pack member --to-oldest --effects open \\
                --db shop.db
            """)

    @OptionGroup var file: WritingOptions
    @Argument(help: "The group.") var name: GroupName
    @Argument(help: "The topic.") var topic: TopicName

    @Option(
        help: "To what became visible at this time or later: ISO 8601 or milliseconds since 1970.",
        transform: Moment.argument)
    var to: Moment?

    @Option(help: ArgumentHelp("To this message: the position that `message receive` shows.", valueName: "position"))
    var toMessage: Text?

    @Flag(help: "To the oldest message that is there.")
    var toOldest = false

    @Flag(help: "Past everything that waits.")
    var toNewest = false

    @Option(help: "Whether modules may have effects on others by what comes again.")
    var effects = LookBackEffects.shut

    @Flag(help: "Only say what would happen.")
    var preview = false

    func validate() throws {
        let given = [to != nil, toMessage != nil, toOldest, toNewest].count { $0 }
        guard given == 1 else { throw ValidationError("Give one of --to, --to-message, --to-oldest, --to-newest.") }
    }

    private var target: Text {
        if let to { return Text(to.iso8601) }
        return toMessage ?? (toOldest ? "oldest" : "newest")
    }

    @OptionGroup var reason: ReasonOption

    func run() async throws {
        let report = try await file.acting { client in
            let question = try Question("lookBack", name.text).with { writer in
                writer.member("topic", topic.text)
                writer.member("to", target)
                writer.member("effects", Text(effects.rawValue))
                writer.member("dry_run", preview)
                reason.write(to: &writer)
            }
            return try await client.ask(question).lookBack()
        }
        file.json ? write(report) : print(report)
    }

    private func print(_ report: LookBackReport) {
        let again = report.queues.reduce(0) { $0 + $1.again }
        let passed = report.queues.reduce(0) { $0 + $1.passedOver }
        let recalled = report.queues.reduce(0) { $0 + $1.recalled }
        let come = report.isPreview ? "would come" : again == 1 ? "comes" : "come"
        var parts = ["\(counted(again, "message")) \(come) again"]
        // That nothing was passed over is an answer too.
        if passed > 0 || toNewest { parts.append("\(grouped(passed)) passed over") }
        if recalled > 0 { parts.append("\(grouped(recalled)) in flight taken back") }
        if report.effects == .open { parts.append("effects open") }
        Output.standard.line("\(report.group) on \(report.topic): ".printable + parts.joined(separator: ", "))
        guard let from = report.queues.compactMap(\.passedOverFrom).min(),
            let to = report.queues.compactMap(\.passedOverTo).max()
        else { return }
        Output.standard.line(
            "passed over: visible from \(from.iso8601) to \(to.iso8601); a look-back --to "
                + "\(from.iso8601) brings them")
    }

    private func write(_ report: LookBackReport) {
        var writer = JSONWriter()
        writer.lookBack(report)
        writer.print()
    }
}
