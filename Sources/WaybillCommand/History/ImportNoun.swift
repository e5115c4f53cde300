import ArgumentParser
import Histories
import Waybill
import WaybillAPI
import WaybillCore

/// `waybill import`: histories from elsewhere, through the same handler as live commands.
struct ImportNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring histories of orders into a file.",
        subcommands: [ImportOlist.self, ImportOrders.self])
}

/// What all imports have in common.
struct ImportOptions: ParsableArguments {
    @OptionGroup var file: WritingOptions

    @Flag(help: "Believe the recorded times, or the order of causes.")
    var mode = HistoryMode.strict

    @Option(help: ArgumentHelp("Write every difference and its reason there, as CSV.", valueName: "file"))
    var differences: String?

    /// Refuses an order book that a server has, before anything is read.
    func requireClosed() throws(CommandFailure) { try file.place.requireClosed() }

    /// Imports a history, and says what came of it; the last line tells how many orders differ.
    func run(_ source: some HistorySource, workflows: [WorkflowText], withShipped: Bool = false) async throws {
        let now = World.system.now()
        // Where others live in the file, the history's time is not theirs.
        let othersLive = try file.database.holdsAnything
        let world = World.standing(at: othersLive ? now : source.start ?? now)
        let differences = try differences.map { path throws(InputFinding) in try DifferencesFile(path: path) }
        let progress = ProgressLine()
        var first: HistoryDifference?
        let result = try await file.database.writing(
            workflows: workflows, withShipped: withShipped, isMade: true, world: world
        ) { book in
            try Import().run(
                source, into: book, notAfter: othersLive ? now : nil,
                progress: { progress.show($0, of: $1, "\(grouped($0)) of \(grouped($1)) steps") },
                difference: { difference in
                    if first == nil, difference.kind.isOfOrders { first = difference }
                    try differences?.add(difference)
                })
        }
        progress.clear()
        try differences?.close()
        file.json ? write(result) : print(result, first: first)
        if result.refused + result.refusedOrders + result.refusedStock > 0 { throw ExitCode(1) }
    }

    private func print(_ result: ImportResult, first: HistoryDifference?) {
        let output = Output.standard
        let earlier = result.alreadyThere > 0 ? ", \(grouped(result.alreadyThere)) there already" : ""
        let repeated = result.repeated > 0 ? ", \(grouped(result.repeated)) repeated an earlier one" : ""
        output.line(
            "\(counted(result.accepted, "step")) accepted, \(grouped(result.refused)) refused\(repeated)\(earlier)")
        if mode == .lenient {
            output.line(
                "\(grouped(result.moved)) steps moved to a later time, \(grouped(result.missing)) made up, "
                    + "\(grouped(result.leftOut)) left out")
        }
        if result.refusedStock > 0 { output.line("\(counted(result.refusedStock, "stock command")) refused") }
        if let first {
            output.line(
                "the first difference: \(first.order), \(first.command) at \(first.at.iso8601): \(first.reason)"
                    .printable)
        }
        if let differences {
            output.line("every difference and its reason: \(differences)".printable)
        } else if result.differingOrders > 0 {
            output.line("for every difference and its reason: --differences FILE")
        }
        output.line(result.summary)
    }

    private func write(_ result: ImportResult) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("mode", Text(mode.rawValue))
        writer.member("orders", Int64(result.orders))
        writer.member("differing_orders", Int64(result.differingOrders))
        writer.member("refused_orders", Int64(result.refusedOrders))
        writer.member("incomplete_orders", Int64(result.incompleteOrders))
        writer.member("accepted", Int64(result.accepted))
        writer.member("refused", Int64(result.refused))
        writer.member("repeated", Int64(result.repeated))
        writer.member("already_there", Int64(result.alreadyThere))
        writer.member("moved", Int64(result.moved))
        writer.member("made_up", Int64(result.missing))
        writer.member("left_out", Int64(result.leftOut))
        writer.member("refused_stock", Int64(result.refusedStock))
        writer.member("summary", Text(result.summary))
        writer.endObject()
        writer.print()
    }
}

extension HistoryMode: EnumerableFlag {
    static func help(for value: HistoryMode) -> ArgumentHelp? {
        switch value {
        case .strict: "Every step at its recorded time; what is not possible then is refused."
        case .lenient: "Every step after the one that leads to it, whatever times were recorded."
        }
    }
}
