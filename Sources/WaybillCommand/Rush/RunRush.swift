import ArgumentParser
import FlashSale
import Foundation
import Waybill
import WaybillCore

/// `waybill rush run`: the crowd comes, and a report says what became of it.
struct RunRush: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a scenario and report; exit status 1 if the shop sold what it did not have.",
        discussion: """
            In virtual time an hour passes in seconds, and the same seed gives the same report, byte for byte.
            """)

    @Argument(help: "A scenario file, a shipped scenario by name, or - for standard input.")
    var scenario: String

    @OptionGroup var changes: ScenarioChanges
    @OptionGroup var outputs: ReportOutputs

    @Option(help: ArgumentHelp("A new database file for it; without one, a temporary one.", valueName: "file"))
    var db: String?

    func run() async throws {
        let scenario = try changes.apply(to: ScenarioSource(scenario).scenario())
        let workflow = try changes.workflowText()
        let file = try RushFile(db)
        defer { file.removeIfTemporary() }
        let shop = try VirtualShop.open(file.path, for: scenario, workflow: workflow)
        defer { shop.close() }
        var rush = VirtualRush(scenario, in: shop, judged: workflow == nil)
        let progress = ProgressLine()
        let began = World.system.uptime()
        while try rush.step(limit: 20_000) {
            progress.show(Int(rush.progress * 1_000), of: 1_000, "\(scenario.title)")
        }
        progress.clear()
        guard let report = rush.report() else { throw CommandFailure("the rush ended without a report") }
        let took = Double(max(1, World.system.uptime().milliseconds - began.milliseconds)) / 1_000
        try outputs.write(report)
        if !outputs.json {
            let rate = Int(Double(scenario.shoppers) / took)
            Output.standard.line(
                Style.dim("   simulated in \(String(format: "%.1f", took)) s, \(grouped(rate)) shoppers a second"))
            if let db = file.keptPath { Output.standard.line(Style.dim("   the file: \(db.printable)")) }
        }
        if !report.check.isSound { throw ExitCode(1) }
    }
}
