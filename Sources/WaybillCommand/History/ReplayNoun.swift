import ArgumentParser
import Histories
import Waybill
import WaybillAPI
import WaybillCore

/// `waybill replay`: every order again from its events, and every decision again from what was asked.
struct ReplayNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Fold and decide everything again, and compare; exit status 1 if anything differs.",
        discussion: """
            The fold applies the outcomes that the events hold and compares with the stored states. Deciding again \
            asks the workflow with the same inputs and compares outcomes. The third pass folds stock from movements.
            """)

    /// One way through the journal, and what is counted on it.
    private struct Pass {
        let name: String
        let unit: String
        let result: Replay.Pass
    }

    @OptionGroup var file: ClosedFileOptions

    func run() async throws {
        let passes = try await file.database.reading { book in
            let replay = Replay(book)
            return [
                Pass(name: "fold", unit: "event", result: try replay.fold(progress: bar("folding"))),
                Pass(name: "decide", unit: "event", result: try replay.decide(progress: bar("deciding again"))),
                Pass(name: "stock", unit: "movement", result: try replay.foldStock(progress: bar("folding stock"))),
            ]
        }
        file.json ? write(passes) : print(passes)
        if passes.contains(where: { $0.result.differences > 0 }) { throw ExitCode(1) }
    }

    private func bar(_ what: String) -> (Int, Int) -> Void {
        let progress = ProgressLine()
        return { done, total in
            progress.show(done, of: total, what)
            if done >= total { progress.clear() }
        }
    }

    private func print(_ passes: [Pass]) {
        let output = Output.standard
        for pass in passes {
            let result = pass.result
            let rate = "\(grouped(Int(result.eventsPerSecond))) \(pass.unit)s a second"
            let verdict =
                result.differences == 0
                ? Style.green("same") : Style.red(counted(result.differences, "difference"))
            output.line(
                pass.name.padded(toColumns: 8)
                    + "\(counted(result.events, pass.unit)) of \(counted(result.orders + result.stocks, "stream"))"
                    + ", \(rate): " + verdict)
            if result.otherSemantics > 0 {
                output.line("        \(counted(result.otherSemantics, "event")) of other rules not decided again")
            }
            for finding in result.first { output.line("        \(finding.description)".printable) }
        }
    }

    private func write(_ passes: [Pass]) {
        var writer = JSONWriter()
        writer.beginObject()
        for pass in passes {
            let result = pass.result
            writer.key(named: Text(pass.name))
            writer.beginObject()
            writer.key(named: Text(pass.unit + "s"))
            writer.int(Int64(result.events))
            writer.member("orders", Int64(result.orders))
            writer.member("stocks", Int64(result.stocks))
            writer.member("other_semantics", Int64(result.otherSemantics))
            writer.member("milliseconds", result.milliseconds)
            writer.member("per_second", Int64(result.eventsPerSecond))
            writer.member("differences", Int64(result.differences))
            writer.members("first", result.first) { $0.finding($1) }
            writer.endObject()
        }
        writer.member("same", passes.allSatisfy { $0.result.differences == 0 })
        writer.endObject()
        writer.print()
    }
}
