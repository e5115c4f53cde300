import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill lane`: grey-release routes.
struct LaneNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lane", abstract: "List lanes, and end them.",
        subcommands: [ListLanes.self, PromoteLane.self, AbandonLane.self])
}

/// `waybill lane list`: the lanes in which messages were sent.
struct ListLanes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the lanes in which messages were sent, and who reads them.",
        discussion: """
            In a group that has consumers of a lane they get its messages. In any other group, and of a closed lane, \
            the consumers of the base get them: those that name no lane. A consumer counts for 20 seconds after it was \
            last heard of.
            """)

    @OptionGroup var file: FileOptions

    func run() async throws {
        let lanes = try await file.asking { try await $0.lanes() }
        guard !file.json else {
            var writer = JSONWriter()
            writer.beginArray()
            for lane in lanes { writer.lane(lane) }
            writer.endArray()
            return writer.print()
        }
        guard !lanes.isEmpty else { return Output.standard.line(Style.dim("no lanes")) }
        var table = TextTable([.init("LANE"), .init("STATE"), .init("TOPICS"), .init("READ BY")])
        for lane in lanes {
            table.add([
                lane.name.string, lane.isClosed ? "closed" : "open",
                lane.topics.map(\.description).joined(separator: ", "), lane.readers,
            ])
        }
        table.write()
    }
}

extension LaneView {
    /// Whose consumers get its messages.
    fileprivate var readers: String {
        guard !servedIn.isEmpty else { return "the base" }
        return "its consumers in \(servedIn.map(\.description).joined(separator: ", ")), else the base"
    }
}

/// Which lane ends, and what is said of it.
struct LaneChoice: ParsableArguments {
    @OptionGroup var file: WritingOptions
    @Argument(help: "The lane.") var name: Text

    @OptionGroup var reason: ReasonOption

    func close(_ end: LaneEnd) async throws {
        let report = try await file.acting { client in
            // A mistyped name would close a lane that may be opened later.
            guard try await client.lanes().contains(where: { $0.name == name }) else {
                throw CommandFailure(
                    "no message was ever sent in the lane \(name.string.printable); see `waybill lane list`",
                    status: .negative
                ).refusing("unknown_lane")
            }
            let question = try Question("closeLane", name).with { writer in
                writer.member("end", Text(end.rawValue))
                reason.write(to: &writer)
            }
            return try await client.ask(question).laneReport()
        }
        file.json ? write(report) : print(report)
    }

    private func print(_ report: LaneReport) {
        Output.standard.line("\(report.lane) is \(report.end.rawValue); the base reads what is left in it".printable)
        guard !report.shares.isEmpty else { return }
        var columns: [TextTable.Column] = [.init("GROUP"), .init("TOPIC")]
        columns += ["SENT", "FINISHED", "IN FLIGHT", "OWED", "WAITING"].map { .init($0, isRightAligned: true) }
        var table = TextTable(columns)
        for share in report.shares {
            let counts = [share.sent, share.finished, share.inFlight, share.owed, share.waiting].map { grouped($0) }
            table.add([share.group.description, share.topic.description] + counts)
        }
        table.write()
    }

    private func write(_ report: LaneReport) {
        var writer = JSONWriter()
        writer.laneReport(report)
        writer.print()
    }
}

extension Client {
    /// The lanes in which messages were sent.
    fileprivate func lanes() async throws -> [LaneView] {
        try await list(Question("listLanes"), atMost: .max) { try $0.lane() }
    }
}

/// `waybill lane promote`: what it tried is what everybody gets.
struct PromoteLane: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "End a lane whose trial went well; the base reads what is left in it.")

    @OptionGroup var which: LaneChoice

    func run() async throws { try await which.close(.promoted) }
}

/// `waybill lane abandon`: it was given up.
struct AbandonLane: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abandon", abstract: "End a lane that was given up; the base reads what is left in it.")

    @OptionGroup var which: LaneChoice

    func run() async throws { try await which.close(.abandoned) }
}
